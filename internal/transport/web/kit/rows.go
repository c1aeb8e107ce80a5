package kit

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
)

// Lately is a list of the last few things of a kind that a session keeps. Each
// lies under a name of its own, so that two windows of one session that keep one
// at the same instant keep both: the store joins what each has changed.
type Lately struct {
	Kind  string // begins the names in the session
	Most  int    // how many
	Bytes int    // how many of all together, 0 for any
}

// lately is one of them; the number counts up.
type lately struct {
	No int             `json:"no"`
	Of json.RawMessage `json:"of"`
}

func (l Lately) key(name string) string { return l.Kind + " " + name }

// Put keeps one, in the place of a former one of the name; the oldest go when
// they are too many. What cannot be written is not kept.
func (s *Site) Put(ctx context.Context, l Lately, name string, v any) {
	of, err := json.Marshal(v)
	if err != nil {
		return
	}
	s.Drop(ctx, l, name)
	type old struct {
		key      string
		no, size int
	}
	var all []old
	no, size := 1, 0
	for _, k := range s.Sessions.Keys(ctx) {
		if !strings.HasPrefix(k, l.key("")) {
			continue
		}
		var x lately
		text := s.Sessions.GetString(ctx, k)
		_ = json.Unmarshal([]byte(text), &x) // a broken one is the oldest
		all = append(all, old{k, x.No, len(text)})
		no, size = max(no, x.No+1), size+len(text)
	}
	mine, err := json.Marshal(lately{no, of})
	if err != nil {
		return
	}
	slices.SortStableFunc(all, func(a, b old) int { return cmp.Compare(a.no, b.no) })
	for len(all) > 0 && (len(all) >= l.Most || l.Bytes > 0 && size+len(mine) > l.Bytes) {
		s.Sessions.Remove(ctx, all[0].key)
		size -= all[0].size
		all = all[1:]
	}
	s.Sessions.Put(ctx, l.key(name), string(mine))
}

// Kept reads the one of a name; a broken one is none.
func (s *Site) Kept(ctx context.Context, l Lately, name string, into any) bool {
	var x lately
	text := s.Sessions.GetString(ctx, l.key(name))
	return text != "" && json.Unmarshal([]byte(text), &x) == nil && json.Unmarshal(x.Of, into) == nil
}

// Drop forgets the one of a name.
func (s *Site) Drop(ctx context.Context, l Lately, name string) {
	if key := l.key(name); s.Sessions.Exists(ctx, key) { // a session that is not changed is not written
		s.Sessions.Remove(ctx, key)
	}
}
