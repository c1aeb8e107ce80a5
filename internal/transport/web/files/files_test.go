package files_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"serik/internal/domain/casework"
	"serik/internal/domain/registry"
	"serik/internal/domain/signal"
	"serik/internal/platform/act"
	"serik/internal/platform/date"
	"serik/internal/platform/id"
	"serik/internal/platform/text"
	"serik/internal/wire/trial"
)

func walked(t *testing.T, w *trial.World) id.ID {
	t.Helper()
	var c casework.Case
	child := w.Child(trial.Lake, date.New(2012, 5, 17))
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		var err error
		c, err = casework.Open(ctx, a, casework.Opening{ID: id.New(), Child: child, Territory: trial.Lake,
			Problems: []string{"bullying"}, Risk: casework.High, Reason: "told", Curator: trial.Person("curator1@lake")}, registry.Home)
		return err
	})
	w.Must("curator1@lake", func(ctx context.Context, a *act.Act) error { return casework.Accept(ctx, a, c.ID) })
	return c.ID
}

func message(t *testing.T, w *trial.World) id.ID {
	t.Helper()
	in := signal.Input{ID: id.New(), Territory: trial.Lake, Channel: "phone", ReceivedAt: w.Now(), What: "told", HowKnown: "seen", Kind: "bullying",
		Child: w.Child(trial.Lake, date.New(2012, 5, 17)), Reporter: signal.Reporter{Kind: "neighbour"}}
	w.Must("duty@lake", func(ctx context.Context, a *act.Act) error {
		if _, err := signal.Enter(ctx, a, in, registry.Home); err != nil {
			return err
		}
		return signal.AnswerSafety(ctx, a, in.ID, signal.Safety{WithWhom: "mother", FearedNear: "no", Injured: "no", Suicide: "no"})
	})
	return in.ID
}

var link = regexp.MustCompile(`/files/[a-z]+/[0-9a-f-]{36}/[0-9a-f-]{36}`)

// stored is how many files lie in the store, named by rows or not.
func stored(t *testing.T, w *trial.World) int {
	t.Helper()
	var n int
	if err := w.DB.R.NewRaw("SELECT count(*) FROM file").Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	x, err := w.Files.Check(t.Context(), w.DB, w.Now().AddDate(10, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return n + x.Orphans
}

// A file is added by a form of two questions, listed on its case's page, and
// saved as it was brought, named without a word about the child.
func TestAddAndSave(t *testing.T) {
	t.Parallel()
	for _, lang := range []text.Lang{text.KK, text.RU, text.EN} {
		w := trial.New(t)
		c := walked(t, w)
		b := w.Browse("curator1@lake", lang)
		page := "/cases/" + c.String()
		form := "/files/case/" + c.String() + "/add"
		if a := b.Get(page); !a.Has(form) {
			t.Fatalf("%s: the page of the case does not lead to the form", lang)
		}
		if a := b.Get(form); a.Status != http.StatusOK || a.Fields() != 3 || !a.Has("multipart/form-data") {
			t.Fatalf("%s: form %d with %d fields", lang, a.Status, a.Fields())
		}
		paper := trial.PDF("an act")
		if a := b.Upload(form, url.Values{"id": {id.New().String()}, "title": {"kept text"}}, "a.pdf", paper); a.Status != http.StatusUnprocessableEntity || !a.Has("unseen-error") || !a.Has("kept text") {
			t.Errorf("%s: whether it must stay unseen is not answered: %d", lang, a.Status)
		}
		if n := stored(t, w); n != 0 {
			t.Errorf("%s: %d files stay behind", lang, n)
		}
		a := b.Upload(form, url.Values{"id": {id.New().String()}, "unseen": {"no"}, "title": {"act of 12 March"}}, "Zhorgaqbaev Tulparshyn.pdf", paper)
		if a.Status != http.StatusOK || a.Path != page || !a.Has("act of 12 March") || a.Has("Zhorgaqbaev") {
			t.Fatalf("%s: after adding: %d at %s", lang, a.Status, a.Path)
		}
		at := link.FindString(a.Body)
		status, head, got := b.Fetch(at)
		if status != http.StatusOK || !bytes.Equal(got, paper) {
			t.Fatalf("%s: %d, %d bytes", lang, status, len(got))
		}
		for k, want := range map[string]string{"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox", "Cross-Origin-Resource-Policy": "same-origin"} {
			if head.Get(k) != want {
				t.Errorf("%s: %s", k, head.Get(k))
			}
		}
		if d := head.Get("Content-Disposition"); !regexp.MustCompile(`^attachment; filename="serik-[0-9a-f]{8}\.pdf"$`).MatchString(d) {
			t.Errorf("saved as %s", d)
		}
		// Another district, and an address that never was, look alike.
		other := w.Browse("secretary@steppe", lang)
		x, y := other.Get(at), other.Get("/files/case/"+id.New().String()+"/"+id.New().String())
		if x.Status != http.StatusNotFound || x.Body != y.Body {
			t.Errorf("%s: forbidden %d, unknown %d", lang, x.Status, y.Status)
		}
	}
}

// A refusal says at the field what to do, keeps what was typed and leaves no
// bytes behind.
func TestRefusalsOfAForm(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	b := w.Browse("curator1@lake", text.RU)
	form := "/files/case/" + c.String() + "/add"
	heic := []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
	for _, x := range []struct {
		name, words string
		b           []byte
	}{
		{"a.heic", "Наиболее совместимые", heic}, {"a.jpg", "Наиболее совместимые", heic}, {"a.exe", "не принимается", []byte("MZ\x90\x00")},
		{"a.pdf", "не более 20 МБ", bytes.Repeat([]byte("x"), 20<<20+1)}, {"a.png", "должно быть .pdf", trial.PDF("x")}, {"", "Выберите файл", nil},
		{"a.jpg", "повреждён", trial.Photo(1, 100, 80)[:900]},
	} {
		a := b.Upload(form, url.Values{"id": {id.New().String()}, "unseen": {"no"}, "title": {"kept text"}}, x.name, x.b)
		if a.Status != http.StatusUnprocessableEntity || !a.Has(x.words) || !a.Has("file-error") || !a.Has("kept text") {
			t.Errorf("%s: %d", x.name, a.Status)
		}
	}
	a := b.Upload(form, url.Values{"id": {id.New().String()}, "unseen": {"no"}, "title": {strings.Repeat("x", 121)}}, "a.pdf", trial.PDF("x"))
	if a.Status != http.StatusUnprocessableEntity || !a.Has("title-error") {
		t.Errorf("a long title: %d", a.Status)
	}
	if a := b.Post(form, url.Values{"title": {"x"}}); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("a form without a file's form: %d", a.Status)
	}
	w.Must("secretary@lake", func(ctx context.Context, a *act.Act) error {
		_, err := a.DB().NewRaw("UPDATE case_file SET state = 'ended', end_kind = 'moved', end_reason = '', ended_at = ? WHERE id = ?", w.Now(), c).Exec(ctx)
		return err
	})
	if a := b.Upload(form, url.Values{"id": {id.New().String()}, "unseen": {"no"}}, "a.pdf", trial.PDF("x")); a.Status != http.StatusConflict {
		t.Errorf("to an ended case: %d", a.Status)
	}
	if n := stored(t, w); n != 0 {
		t.Errorf("%d files stay behind", n)
	}
}

// Two gigabytes are refused by their length, before they are read.
func TestTwoGigabytes(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	b := w.Browse("curator1@lake", text.KK)
	sent := &counted{left: 2 << 30}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.URL+"/files/case/"+c.String()+"/add", sent)
	if err != nil {
		t.Fatal(err)
	}
	r.ContentLength = 2 << 30
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.Header.Set("Expect", "100-continue")
	a, _ := b.Send(r)
	if a.Status != http.StatusUnprocessableEntity || sent.sent > 8<<20 {
		t.Errorf("%d after %d bytes", a.Status, sent.sent)
	}
}

type counted struct{ left, sent int }

func (c *counted) Read(p []byte) (int, error) {
	n := min(len(p), c.left)
	c.left, c.sent = c.left-n, c.sent+n
	return n, nil
}

// A message asks whether one can tell who reported; the answer closes the file
// to all but the triaging secretary (practice rule 5).
func TestFileOfAMessage(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	m := message(t, w)
	duty := w.Browse("duty@lake", text.KK)
	form := "/files/signal/" + m.String() + "/add"
	if a := duty.Get("/messages/" + m.String()); !a.Has(form) {
		t.Fatal("the page of the message does not lead to the form")
	}
	if a := duty.Upload(form, url.Values{"id": {id.New().String()}, "unseen": {"no"}}, "a.pdf", trial.PDF("x")); a.Status != http.StatusUnprocessableEntity || !a.Has("teller-error") {
		t.Errorf("without the answer: %d", a.Status)
	}
	a := duty.Upload(form, url.Values{"id": {id.New().String()}, "unseen": {"no"}, "teller": {"yes"}, "title": {"a letter"}}, "a.pdf", trial.PDF("x"))
	if a.Status != http.StatusOK || a.Has("a letter") {
		t.Errorf("the duty officer sees it: %d", a.Status)
	}
	if a := w.Browse("secretary@lake", text.RU).Get("/messages/" + m.String()); !a.Has("a letter") {
		t.Error("the secretary does not see it")
	}
}

// Rule 10 by pages: unseen, taken as mere bytes, handed over, destroyed.
func TestQuarantineByPages(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	paper := trial.PDF("unseen")
	f := w.Attach("curator1@lake", "case", c, "a.pdf", paper)
	at := "/files/case/" + c.String() + "/" + f.ID.String()
	cur, sec := w.Browse("curator1@lake", text.KK), w.Browse("secretary@lake", text.RU)
	if a := cur.Get(at + "/quarantine"); a.Status != http.StatusOK || a.Fields() != 1 {
		t.Fatalf("form: %d", a.Status)
	}
	if a := cur.Post(at+"/quarantine", url.Values{"why": {""}}); a.Status != http.StatusUnprocessableEntity || !a.Has("why-error") {
		t.Errorf("without a reason: %d", a.Status)
	}
	if a := cur.Post(at+"/quarantine", url.Values{"why": {"looks like abuse"}}); a.Status != http.StatusOK || a.Path != "/cases/"+c.String() || a.Has(`"`+at+`"`) {
		t.Errorf("put aside: %d at %s", a.Status, a.Path)
	}
	for _, b := range []*trial.Browser{cur, sec} {
		if status, _, got := b.Fetch(at); status != http.StatusConflict || bytes.Contains(got, paper) {
			t.Errorf("it is shown: %d", status)
		}
	}
	if a := cur.Get(at + "/handover"); a.Status != http.StatusNotFound {
		t.Errorf("the curator may hand over: %d", a.Status)
	}
	if a := sec.Get("/cases/" + c.String()); !a.Has(at + "/handover") {
		t.Error("the secretary is not led on")
	}
	if a := sec.Get(at + "/handover"); a.Status != http.StatusOK || a.Fields() != 2 {
		t.Errorf("form of handing over: %d", a.Status)
	}
	handed := url.Values{"to": {"police of Lake"}, "no": {"77"}}
	if a := sec.Post(at+"/handover", handed); a.Status != http.StatusConflict {
		t.Errorf("handed before it was taken: %d", a.Status)
	}
	a, head := sec.Push(at+"/take", nil)
	if a.Status != http.StatusOK || a.Body != string(paper) || head.Get("Content-Type") != "application/octet-stream" ||
		!strings.HasSuffix(head.Get("Content-Disposition"), `.bin"`) {
		t.Errorf("taken: %d, %s, %s", a.Status, head.Get("Content-Type"), head.Get("Content-Disposition"))
	}
	if a := sec.Post(at+"/handover", handed); a.Status != http.StatusOK || !a.Has("police of Lake") {
		t.Errorf("handed: %d", a.Status)
	}
	if status, _, _ := sec.Fetch(at); status != http.StatusConflict {
		t.Errorf("after it: %d", status)
	}
}

// Lost bytes are told to the reader, noted, and shown where the file is listed.
func TestLostBytesAreTold(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	f := w.Attach("curator1@lake", "case", c, "a.pdf", trial.PDF("x"))
	if err := w.Files.Drop(t.Context(), f.Blob); err != nil {
		t.Fatal(err)
	}
	d := w.Serve()
	d.Passwords("curator1@lake")
	b := d.SignIn("curator1@lake", text.RU)
	a := b.Get("/files/case/" + c.String() + "/" + f.ID.String())
	if a.Status != http.StatusServiceUnavailable || !a.Has("не найдено") {
		t.Errorf("%d", a.Status)
	}
	if !strings.Contains(d.Log.String(), "the bytes of a file are lost") {
		t.Error("the journal says nothing")
	}
	if a := b.Get("/cases/" + c.String()); !a.Has("содержимое файла не найдено с") {
		t.Error("the list says nothing")
	}
	var looks int
	if err := w.DB.R.NewRaw("SELECT count(*) FROM audit WHERE noun = 'file' AND verb = 'look'").Scan(t.Context(), &looks); err != nil || looks != 0 {
		t.Errorf("%d looks at what was not shown, %v", looks, err)
	}
}

// A file that nobody gave a store for is refused; nothing else suffers.
func TestWithoutAStore(t *testing.T) {
	t.Parallel()
	w := trial.New(t)
	c := walked(t, w)
	w.Files = nil
	b := w.Browse("curator1@lake", text.EN)
	if a := b.Upload("/files/case/"+c.String()+"/add", url.Values{"unseen": {"no"}}, "a.pdf", trial.PDF("x")); a.Status != http.StatusServiceUnavailable || !a.Has("no store") {
		t.Errorf("%d", a.Status)
	}
}
