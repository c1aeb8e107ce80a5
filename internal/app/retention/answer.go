package retention

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/audit"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
	"serik/internal/platform/secret"
)

// Answer agrees to an erasure, which is then done in the same act, or refuses
// it. Who asked never answers. What is erased is judged anew at this moment: a
// legal hold, an open case or a longer norm since the asking keeps it.
//
// Faults: Denied; NotFound; Invalid; Conflict "erasure.answered",
// "erasure.second_self", "erasure.kept".
func Answer(ctx context.Context, a *act.Act, key id.ID, agree bool, reason string) error {
	if err := a.May(AnswerOne); err != nil {
		return err
	}
	if _, err := id.Parse(key.String()); err != nil {
		return fault.Missing()
	}
	if err := a.Lock(ctx, "erasure", key); err != nil {
		return err
	}
	e, err := Get(ctx, &a.View, key)
	if err != nil {
		return err
	}
	var bad fault.Fields
	bad.Text(reason, maxReason, "reason")
	if err := bad.Err(); err != nil {
		return err
	}
	switch {
	case e.State != "asked":
		return fault.Clash("erasure.answered")
	case e.AskedBy == a.Actor().Person || a.Actor().Person == "":
		return fault.Clash("erasure.second_self")
	}
	now := a.Now()
	e.State, e.AnsweredBy, e.AnsweredAt, e.Answer = "refused", a.Actor().Person, &now, reason
	verb := "erasure.refuse"
	if agree {
		verb, e.State = "erasure.agree", "done"
		if e.Counts, err = erase(ctx, a, e); err != nil {
			return err
		}
	}
	_, err = a.DB().NewUpdate().Model(&e).Column("state", "answered_by", "answered_at", "answer", "counts").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("answer erasure: %w", err)
	}
	a.Record(verb, e.on(), map[string]any{"noun": e.Noun, "subject": e.Subject, "reason": reason, "counts": e.Counts})
	a.Notify(e.AskedBy, "notice.erasure_answered", e.on())
	return nil
}

// tally adds up rows, and gathers what the log is to forget.
type tally struct {
	counts map[string]int
	about  []id.ID
}

func (t *tally) add(about []id.ID, counts map[string]int) {
	t.about = append(t.about, about...)
	for k, n := range counts {
		t.counts[k] += n
	}
}

// erase does what was agreed to; it gives the numbers of rows as JSON.
func erase(ctx context.Context, a *act.Act, e Erasure) (string, error) {
	n, ok := nounOf(e.Noun)
	if !ok {
		return "", fmt.Errorf("erase: noun %q", e.Noun)
	}
	if err := lock(ctx, a, n, e.Subject); err != nil {
		return "", err
	}
	// At this moment, by the rule of now; whoever answers need not reach the row.
	left, err := n.ripe(&a.View).Where("z.id = ?", e.Subject).Count(ctx)
	if err != nil {
		return "", fmt.Errorf("erase: %w", err)
	}
	if left == 0 {
		return "", fault.Clash("erasure.kept")
	}
	t := &tally{counts: map[string]int{}}
	switch e.Noun {
	case "case":
		var child id.ID
		if err := a.DB().NewSelect().Table("case_file").Column("child").Where("id = ?", e.Subject).Scan(ctx, &child); err != nil {
			return "", fmt.Errorf("erase: %w", err)
		}
		err = eraseCase(ctx, a, t, e.Subject, child)
	case "message":
		err = eraseMessage(ctx, a, t, e.Subject)
	case "child":
		err = eraseChild(ctx, a, t, e.Subject)
	}
	if err != nil {
		return "", err
	}
	papers, err := file.Erase(ctx, a.DB(), t.about)
	if err != nil {
		return "", err
	}
	if papers > 0 {
		t.counts["file"] = papers
	}
	details, err := audit.EraseAbout(ctx, a.DB(), t.about, audit.Record{At: a.Now(), Actor: a.Actor().Actor, Territory: e.Territory,
		Detail: map[string]any{"erasure": e.ID}})
	if err != nil {
		return "", err
	}
	if details > 0 {
		t.counts["audit_detail"] = details
	}
	if err := secret.Owe(ctx, a.DB(), tables()...); err != nil {
		return "", err
	}
	b, err := json.Marshal(t.counts)
	if err != nil {
		return "", fmt.Errorf("erase: %w", err)
	}
	return string(b), nil
}

// tables are those of which bytes are left until they are written anew.
func tables() []string {
	return []string{"address", "adult", "assessment", "assignment", "audit_detail", "case_file", "child", "child_gram", "child_hold", "child_spelling",
		"contact", "end_check", "file", "file_look", "measure", "plan", "relation", "result", "risk_change", "schooling", "signal", "signal_child", "signal_pass",
		"signal_reporter", "unsafe"}
}

// lock keeps holds, openings and merges away from the children concerned until
// the act ends: each of these locks the child first.
func lock(ctx context.Context, a *act.Act, n noun, subject id.ID) error {
	q := map[string]string{
		"case":    "SELECT child FROM case_file WHERE id = ?0",
		"message": "SELECT child FROM signal WHERE id = ?0 AND child IS NOT NULL UNION SELECT child FROM signal_child WHERE signal = ?0",
		"child": "SELECT id FROM child WHERE id = ?0 UNION SELECT sc.child FROM signal_child AS sc JOIN signal AS s ON s.id = sc.signal" +
			" WHERE s.child = ?0 OR s.id IN (SELECT o.signal FROM signal_child AS o WHERE o.child = ?0)" +
			" UNION SELECT s.child FROM signal AS s JOIN signal_child AS sc ON sc.signal = s.id WHERE sc.child = ?0 AND s.child IS NOT NULL",
	}[n.name]
	var all []id.ID
	if err := a.DB().NewRaw(q, subject).Scan(ctx, &all); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	slices.Sort(all)
	for _, c := range all {
		if err := a.Lock(ctx, "child", c); err != nil {
			return err
		}
	}
	if n.table == "child" {
		return nil
	}
	return a.Lock(ctx, n.table, subject)
}

func eraseCase(ctx context.Context, a *act.Act, t *tally, key, child id.ID) error {
	nobody, err := registry.Nobody(ctx, a, child)
	if err != nil {
		return err
	}
	about, counts, err := casework.Erase(ctx, a, key, nobody)
	if err != nil {
		return err
	}
	t.add(about, counts)
	return signal.ForgetCase(ctx, a, key)
}

func eraseMessage(ctx context.Context, a *act.Act, t *tally, key id.ID) error {
	about, counts, err := signal.Erase(ctx, a, key, registry.Nobody)
	if err != nil {
		return err
	}
	t.add(about, counts)
	return casework.ForgetMessage(ctx, a, key)
}

// eraseChild makes nobody of the child first, so that what hangs on the file
// hangs on nobody.
func eraseChild(ctx context.Context, a *act.Act, t *tally, child id.ID) error {
	files, err := registry.Files(ctx, a, child)
	if err != nil {
		return err
	}
	counts, err := registry.Erase(ctx, a, files)
	if err != nil {
		return err
	}
	t.add(files, counts)
	cases, err := casework.OfChildren(ctx, a, files)
	if err != nil {
		return err
	}
	for _, c := range cases {
		if err := eraseCase(ctx, a, t, c, child); err != nil {
			return err
		}
	}
	messages, err := signal.OfChildren(ctx, a, files)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if err := eraseMessage(ctx, a, t, m); err != nil {
			return err
		}
	}
	return nil
}
