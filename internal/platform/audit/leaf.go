package audit

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// What sealer and verifier must agree on: the bytes of a leaf, and where and
// how checkpoints lie.
const (
	origin    = "serik audit log" // first line of a checkpoint
	ledger    = "checkpoints.log" // the file in the folder of checkpoints
	separator = "---\n"           // ends each note; a note never holds it
)

// leaf is the tree's hash of a record at a place. It covers every column:
// each as its length, a colon and its bytes, so that no two records look
// alike. The detail is covered by its digest.
func (r *row) leaf(idx int64) tlog.Hash {
	b := make([]byte, 0, 512)
	for _, s := range []string{
		"serik audit 1", strconv.FormatInt(idx, 10), string(r.ID), r.At.UTC().Format("2006-01-02T15:04:05.000000Z"),
		r.Actor, r.Verb, r.Noun, string(r.Subject), string(r.Child), r.Territory, r.Digest,
	} {
		b = strconv.AppendInt(b, int64(len(s)), 10)
		b = append(b, ':')
		b = append(b, s...)
		b = append(b, '\n')
	}
	return tlog.RecordHash(b)
}

// parseTree reads the text of a checkpoint; lines after the third are for people.
func parseTree(text string) (tlog.Tree, error) {
	l := strings.Split(text, "\n")
	if len(l) < 3 || l[0] != origin {
		return tlog.Tree{}, errors.New("checkpoint: malformed")
	}
	n, err := strconv.ParseInt(l[1], 10, 64)
	if err != nil || n < 0 {
		return tlog.Tree{}, errors.New("checkpoint: malformed")
	}
	h, err := tlog.ParseHash(l[2])
	if err != nil {
		return tlog.Tree{}, errors.New("checkpoint: malformed")
	}
	return tlog.Tree{N: n, Hash: h}, nil
}
