package directory_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"serik/internal/platform/act"
	"serik/internal/platform/directory"
	"serik/internal/platform/fault"
)

// Who waits when: by account and address, by address, by account under attack,
// and on a device that is known.
func TestWhoWaits(t *testing.T) {
	for name, c := range map[string]struct {
		before  func(w *world)
		after   time.Duration
		address string
		known   bool
		waits   int // minutes; 0 is let in
	}{
		"nothing happened":                    {address: "10.0.0.1"},
		"own failures here":                   {before: func(w *world) { w.failed("curator", "10.0.0.1", 5) }, address: "10.0.0.1", waits: 15},
		"own failures here, later":            {before: func(w *world) { w.failed("curator", "10.0.0.1", 5) }, after: 15 * time.Minute, address: "10.0.0.1"},
		"failures here, on a known device":    {before: func(w *world) { w.failed("curator", "10.0.0.1", 5) }, address: "10.0.0.1", known: true},
		"others failed from here":             {before: func(w *world) { w.many(30, "10.0.0.1") }, address: "10.0.0.1", waits: 1},
		"others failed here, the next turn":   {before: func(w *world) { w.many(30, "10.0.0.1") }, after: 20 * time.Second, address: "10.0.0.1"},
		"others and I failed here":            {before: func(w *world) { w.failed("curator", "10.0.0.1", 1); w.many(30, "10.0.0.1") }, after: time.Minute, address: "10.0.0.1", waits: 14},
		"others failed here, known device":    {before: func(w *world) { w.many(30, "10.0.0.1") }, address: "10.0.0.1", known: true},
		"under attack":                        {before: func(w *world) { w.attack(10) }, address: "10.0.0.1", waits: 1},
		"under attack, the next turn":         {before: func(w *world) { w.attack(10) }, after: 20 * time.Second, address: "10.0.0.1"},
		"under attack, known device":          {before: func(w *world) { w.attack(10) }, address: "10.0.0.1", known: true},
		"under great attack, known device":    {before: func(w *world) { w.attack(200) }, address: "10.0.0.1", known: true},
		"attacked from here too, known":       {before: func(w *world) { w.attack(200); w.failed("curator", "10.0.0.1", 40) }, address: "10.0.0.1", known: true},
		"a neighbour of the new kind":         {before: func(w *world) { w.failed("curator", "2001:db8:1:2::/64", 5) }, address: "2001:db8:1:2:ffff::9", waits: 15},
		"no neighbour of the new kind":        {before: func(w *world) { w.failed("curator", "2001:db8:1:2::/64", 5) }, address: "2001:db8:1:3::9"},
		"the old address within the new kind": {before: func(w *world) { w.failed("curator", "10.0.0.1", 5) }, address: "::ffff:10.0.0.1", waits: 15},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			device := ""
			if c.known {
				in, err := w.enter("curator", password, "10.7.7.7", "")
				if err != nil {
					t.Fatal(err)
				}
				device = in.Device
			}
			if c.before != nil {
				c.before(w)
			}
			w.pass(c.after)
			_, err := w.enter("curator", password, c.address, device)
			if c.waits == 0 && err != nil {
				t.Error(err)
			}
			if c.waits > 0 {
				if n := minutesOf(t, err); n != c.waits {
					t.Errorf("waits %d minutes", n)
				}
			}
		})
	}
}

// many people fail from one address.
func (w *world) many(n int, address string) {
	for i := range n {
		w.failed(fmt.Sprintf("user%d", i), address, 1)
	}
}

// attack is five failures at one account from each of many addresses.
func (w *world) attack(addresses int) {
	for i := range addresses {
		w.failed("curator", fmt.Sprintf("198.51.100.%d", i), 5)
	}
}

// Behind one address a flood does not hold back those who work there: whoever
// has lately signed in from it does so on a new device at once, amid the flood;
// whoever has not, within 20 seconds of its end. The flood itself stays bounded.
func TestColleaguesBehindOneAddress(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of tries")
	}
	const office = "10.0.0.1"
	w := newWorld(t)
	if _, err := w.enter("curator", password, office, ""); err != nil {
		t.Fatal(err)
	}
	w.pass(time.Hour)
	tried := 0
	flood := func(seconds int) int { // a new invented login each second
		checked := 0
		for range seconds {
			w.pass(time.Second)
			tried++
			if fault.KindOf(w.signIn(fmt.Sprintf("flood-%d", tried), "x", office)) == fault.Denied {
				checked++
			}
		}
		return checked
	}
	if n := flood(15 * 60); n < 30 || n > 30+15*3 {
		t.Errorf("of 900 tries in 15 minutes %d were checked", n)
	}
	if err := w.signIn("curator", "mistyped", office); fault.KindOf(err) != fault.Denied {
		t.Errorf("the colleague's first try: %v", err)
	}
	if n := minutesOf(t, w.signIn("curator", password, office)); n != 1 {
		t.Errorf("after a slip the colleague waits %d minutes", n)
	}
	if n := flood(20); n > 2 {
		t.Errorf("of 20 tries in 20 seconds %d were checked", n)
	}
	if _, err := w.enter("curator", password, office, ""); err != nil {
		t.Errorf("the colleague, 20 seconds later, amid the flood: %v", err)
	}
	w.pass(20 * time.Second) // the flood has ended
	if _, err := w.enter("secretary", password, office, ""); err != nil {
		t.Errorf("who never signed in here, 20 seconds after the flood: %v", err)
	}
	guessed := 0 // at the account of the colleague, for a quarter of an hour
	for range 15 * 60 {
		w.pass(time.Second)
		if fault.KindOf(w.signIn("curator", "guess", office)) == fault.Denied {
			guessed++
		}
	}
	if guessed > 10 {
		t.Errorf("%d guesses at one account in 15 minutes", guessed)
	}
}

// A known device waits for its own failures, and is one of its owner's only.
func TestKnownDevice(t *testing.T) {
	w := newWorld(t)
	in, err := w.enter("curator", password, "10.0.0.1", "")
	if err != nil {
		t.Fatal(err)
	}
	var kept string
	if err := w.Database().R.NewRaw("SELECT digest FROM known_device").Scan(t.Context(), &kept); err != nil || strings.Contains(in.Device, kept) || len(kept) != 64 {
		t.Fatalf("kept %q, %v", kept, err)
	}
	again, err := w.enter("curator", password, "10.0.0.2", in.Device)
	if err != nil || again.Device != in.Device {
		t.Errorf("%+v, %v", again, err)
	}
	// Whoever shares the browser is known on it too, each by a token of their own.
	shared, err := w.enter("secretary", password, "10.0.0.1", in.Device)
	if err != nil || !strings.HasPrefix(shared.Device, in.Device+".") {
		t.Fatalf("%+v, %v", shared, err)
	}
	w.attack(20)
	minutesOf(t, w.signIn("curator", password, "10.0.0.9"))
	for name, cookie := range map[string]string{
		"nonsense": "x.y..z", "another's": strings.Split(shared.Device, ".")[1], "invented": strings.Repeat("A", 43), "long": strings.Repeat("A.", 5000),
	} {
		if _, err := w.enter("curator", password, "10.0.0.9", cookie); fault.KindOf(err) != fault.Limited {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.enter("curator", password, "10.0.0.9", shared.Device); err != nil {
		t.Error(err)
	}
	for range 5 {
		_, err := w.enter("curator", "x", "10.0.0.9", in.Device)
		refused(t, err, fault.Denied, "signin.wrong")
	}
	_, err = w.enter("curator", password, "10.0.0.9", in.Device)
	if n := minutesOf(t, err); n != 15 {
		t.Errorf("its own failures: %d", n)
	}
	w.pass(directory.DeviceFor)
	w.attack(20)
	if _, err := w.enter("curator", password, "10.0.0.9", in.Device); fault.KindOf(err) != fault.Limited {
		t.Errorf("not used for long: %v", err)
	}
}

// A new password from the administrator makes all devices strange again.
func TestResetForgetsDevices(t *testing.T) {
	w := newWorld(t)
	in, err := w.enter("curator", password, "10.0.0.1", "")
	if err != nil {
		t.Fatal(err)
	}
	var fresh string
	w.do(w.as("local"), func(ctx context.Context, a *act.Act) error {
		var err error
		fresh, err = directory.ResetPassword(ctx, a, w.people["curator"])
		return err
	})
	w.attack(20)
	_, err = w.enter("curator", fresh, "10.0.0.9", in.Device)
	minutesOf(t, err)
}

// Known and unknown logins are refused alike, also when asked many times at once.
func TestUnknownAccountLooksKnown(t *testing.T) {
	w := newWorld(t)
	at := map[string]int{}
	for i, login := range []string{"curator", "nobody-at-all"} {
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 12 {
			wg.Go(func() {
				err := w.signIn(login, "x", fmt.Sprintf("10.0.%d.1", i))
				mu.Lock()
				defer mu.Unlock()
				at[login+" "+string(fault.KindOf(err))]++
			})
		}
		wg.Wait()
	}
	for login, n := range at {
		if want := map[bool]int{true: 5, false: 7}[strings.HasSuffix(login, string(fault.Denied))]; n != want {
			t.Errorf("%s: %d", login, n)
		}
	}
}
