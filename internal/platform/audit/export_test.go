package audit

import (
	"context"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Reseal is what an attacker with the database does after changing rows: the
// leaves are computed anew, and, when he is thorough, the nodes.
func Reseal(ctx context.Context, tx bun.IDB, thorough bool) error {
	var rows []row
	if err := tx.NewSelect().Model(&rows).Where("idx IS NOT NULL").OrderExpr("idx").Scan(ctx); err != nil {
		return err
	}
	known := map[int64]tlog.Hash{}
	for i := range rows {
		leaf := rows[i].leaf(int64(i))
		if _, err := tx.NewRaw("UPDATE audit SET leaf = ? WHERE id = ?", leaf.String(), rows[i].ID).Exec(ctx); err != nil {
			return err
		}
		hashes, err := tlog.StoredHashesForRecordHash(int64(i), leaf, nodes(ctx, tx, known))
		if err != nil {
			return err
		}
		for j, h := range hashes {
			known[tlog.StoredHashIndex(0, int64(i))+int64(j)] = h
		}
	}
	if !thorough {
		return nil
	}
	if _, err := tx.NewRaw("DELETE FROM audit_node").Exec(ctx); err != nil {
		return err
	}
	for pos, h := range known {
		if _, err := tx.NewInsert().Model(&node{Pos: pos, Hash: h.String()}).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Sign makes a checkpoint of any text.
func Sign(key *Signer, text string) []byte {
	b, err := note.Sign(&note.Note{Text: text}, key.key)
	if err != nil {
		return nil
	}
	return append(b, separator...)
}
