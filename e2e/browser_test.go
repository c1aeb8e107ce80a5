//go:build e2e

package e2e

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/uptrace/bun"

	"serik/internal/platform/directory"
	"serik/internal/platform/text"
	"serik/internal/wire"
	"serik/internal/wire/trial"
)

//go:embed testdata/axe.min.js
var axe string

// screens are what each story is played on: both languages of the law, a phone
// and a desk.
var screens = []struct {
	lang  text.Lang
	width int64
}{{text.KK, 360}, {text.KK, 1280}, {text.RU, 360}, {text.RU, 1280}}

// password is everybody's in a story.
const password = "quiet river stone"

var hash = sync.OnceValues(func() (string, error) { return directory.Hash(context.Background(), password) })

// browser starts the one browser of all stories: starting it costs more than a
// page does, and each window has its own cookies anyhow. It ends with the run.
var browser = sync.OnceValues(func() (context.Context, error) {
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	if p := os.Getenv("SERIK_CHROMIUM"); p != "" {
		opts = append(opts, chromedp.ExecPath(p))
	}
	if os.Geteuid() == 0 {
		opts = append(opts, chromedp.NoSandbox)
	}
	alloc, end := chromedp.NewExecAllocator(context.Background(), opts...)
	quit = end
	ctx, _ := chromedp.NewContext(alloc)
	return ctx, chromedp.Do(ctx, chromedp.Navigate("about:blank"))
})

// quit ends the browser, if one was started.
var quit = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	quit()
	os.Exit(code)
}

// stage is a served world with a browser before it.
type stage struct {
	t   *testing.T
	w   *trial.World
	url string
	ctx context.Context // of the browser

	down atomic.Bool // only a gateway answers
}

// newStage serves a world to the browser.
func newStage(t *testing.T, w *trial.World) *stage {
	t.Helper()
	s := serve(t, w.App)
	s.w = w
	return s
}

// serve serves a house, where everybody has the one password, to the browser.
func serve(t *testing.T, app *wire.App) *stage {
	t.Helper()
	h, err := hash()
	if err != nil {
		t.Fatal(err)
	}
	err = app.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE person SET password = ?", h).Exec(ctx)
		if err == nil { // the second step has a story of its own
			_, err = tx.NewRaw("UPDATE norm SET value = 'no' WHERE key LIKE 'factor.%'").Exec(ctx)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_, handler, err := app.Site(app.Sessions(), slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	chromium, err := browser()
	if err != nil {
		t.Fatalf("start browser: %v", err)
	}
	s := &stage{t: t, ctx: chromium}
	srv := httptest.NewServer(s.gateway(handler))
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

// tab is one person's own window: its cookies are its own.
type tab struct {
	t     *testing.T
	ctx   context.Context
	url   string
	lang  text.Lang
	width int64
	name  string
}

// signIn opens a window of a width for a person and signs in by the form.
func (s *stage) signIn(who string, lang text.Lang, width int64) *tab {
	s.t.Helper()
	ctx, cancel := chromedp.NewContext(s.ctx, chromedp.WithNewBrowserContext())
	s.t.Cleanup(cancel)
	b := &tab{s.t, ctx, s.url, lang, width, who}
	b.must(chromedp.Do(ctx, chromedp.Navigate("about:blank")))
	_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600})
	b.must(err)
	b.open("/sign-in")
	b.press(map[text.Lang]string{text.KK: "ҚАЗ", text.RU: "РУС", text.EN: "ENG"}[lang])
	b.fill("login", who)
	b.fill("password", password)
	b.submit()
	return b
}

func (b *tab) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("%s: %v", b.name, err)
	}
}

// limit bounds one step.
func (b *tab) limit() (context.Context, context.CancelFunc) {
	return context.WithTimeout(b.ctx, 20*time.Second)
}

// open goes to an address.
func (b *tab) open(path string) {
	b.t.Helper()
	ctx, cancel := b.limit()
	defer cancel()
	b.must(chromedp.Do(ctx, chromedp.Navigate(b.url+path)))
	b.check()
}

// eval runs a script and gives its value.
func eval[T any](b *tab, script string) T {
	b.t.Helper()
	ctx, cancel := b.limit()
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	b.must(err)
	return v
}

// quote makes a script's text.
func quote(s string) string {
	q, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(q)
}

// follow runs a script that leads to another page and waits for it.
func (b *tab) follow(script string) {
	b.t.Helper()
	ctx, cancel := b.limit()
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Evaluate[chromedp.Void](script)))
	if err != nil {
		b.t.Fatalf("%s: no page after the step: %v\n%s", b.name, err, b.text())
	}
	b.check()
}

// travel follows a step of the browser's own: back, forward, reload. It is
// taken after the script has answered, for the page may be gone at once.
func (b *tab) travel(step string) {
	b.t.Helper()
	b.follow(`setTimeout(() => ` + step + `)`)
}

// press clicks the button or link of a text.
func (b *tab) press(label string) {
	b.t.Helper()
	find := `[...document.querySelectorAll('button, a, summary, input[type=submit]')].filter(e => e.innerText.trim().replace(/\s+/g, ' ').includes(` + quote(label) + `))`
	if n := eval[int](b, find+`.length`); n == 0 {
		b.t.Fatalf("%s: no button %q on\n%s", b.name, label, b.text())
	}
	b.follow(find + `.sort((x, y) => x.innerText.length - y.innerText.length)[0].click()`)
}

// submit sends the form of the page's main part.
func (b *tab) submit() {
	b.t.Helper()
	b.follow(`document.querySelector('main form button[type=submit], main form button:not([type])').click()`)
}

// fill types into a field by its name, as typing would.
func (b *tab) fill(name, value string) {
	b.t.Helper()
	ok := eval[bool](b, `(() => { const e = document.querySelector('main [name=`+quote(name)+`]'); if (!e) return false;
		e.focus(); e.value = `+quote(value)+`; e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})); return true })()`)
	if !ok {
		b.t.Fatalf("%s: no field %q on\n%s", b.name, name, b.text())
	}
}

// choose marks a radio button or a box.
func (b *tab) choose(name, value string) {
	b.t.Helper()
	ok := eval[bool](b, `(() => { const e = [...document.querySelectorAll('main [name=`+quote(name)+`]')].find(e => e.value === `+quote(value)+`); if (!e) return false; e.click(); return e.checked })()`)
	if !ok {
		b.t.Fatalf("%s: no choice %q of %q on\n%s", b.name, value, name, b.text())
	}
}

// day fills the three boxes of a date.
func (b *tab) day(name string, at time.Time) {
	b.t.Helper()
	b.fill(name+"-day", fmt.Sprint(at.Day()))
	b.fill(name+"-month", fmt.Sprint(int(at.Month())))
	b.fill(name+"-year", fmt.Sprint(at.Year()))
}

func (b *tab) text() string { return eval[string](b, `document.body.innerText`) }
func (b *tab) path() string { return eval[string](b, `location.pathname`) }

// sees demands a text on the page.
func (b *tab) sees(what string) {
	b.t.Helper()
	if !strings.Contains(b.text(), what) {
		b.t.Fatalf("%s does not see %q on %s:\n%s", b.name, what, b.path(), b.text())
	}
}

// blind demands that a text is not on the page.
func (b *tab) blind(what string) {
	b.t.Helper()
	if strings.Contains(b.text(), what) {
		b.t.Fatalf("%s sees %q on %s:\n%s", b.name, what, b.path(), b.text())
	}
}

// check holds each page to what all must keep: no serious finding of axe, no
// sideways scroll, no key without words.
func (b *tab) check() {
	b.t.Helper()
	if over := eval[int](b, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); over > 0 {
		b.t.Errorf("%s: %s at %d px scrolls %d px sideways", b.name, b.path(), b.width, over)
	}
	if key := eval[string](b, `(document.body.innerText.match(/\[[a-z_]+\.[a-z0-9_.]+\]/) || [''])[0]`); key != "" {
		b.t.Errorf("%s: %s: no words for %s", b.name, b.path(), key)
	}
	if os.Getenv("SERIK_NO_AXE") != "" || !b.isNew() {
		return
	}
	eval[bool](b, axe+`; true`)
	ctx, cancel := b.limit()
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](
		`axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => v.id + ': ' + v.nodes.slice(0, 3).map(n => n.html).join(' | ')))`,
		chromedp.EvalAwaitPromise))
	b.must(err)
	for _, f := range found {
		b.t.Errorf("%s: %s at %d px: axe: %s", b.name, b.path(), b.width, f)
	}
}

// looked holds what axe has looked at: pages by width and markup.
var looked sync.Map

// isNew tells whether axe has yet to look at this page: at this width, with
// this markup. Identifiers may differ; they change nothing that is looked at.
func (b *tab) isNew() bool {
	b.t.Helper()
	markup := eval[string](b, `document.documentElement.outerHTML.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id')`)
	_, twice := looked.LoadOrStore(fmt.Sprint(b.width, markup), true)
	return !twice
}

// shoot keeps a picture of the page where SERIK_SCREENS names a folder.
func (b *tab) shoot(name string) {
	b.t.Helper()
	dir := os.Getenv("SERIK_SCREENS")
	if dir == "" {
		return
	}
	ctx, cancel := b.limit()
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	b.must(err)
	b.must(os.MkdirAll(dir, 0o755))
	b.must(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%s-%d.png", name, b.lang, b.width)), png, 0o644))
}
