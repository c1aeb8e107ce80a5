// Package cli is the door for an operator: one file a command. A command-line
// act is by "operator:<user>" and stands in the log like any other. It exits
// with 0 when done, 1 when refused or a check failed, 2 on wrong usage, 3 when
// the environment is at fault; errors are one line on stderr.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/netip"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/backup"
	"serik/internal/platform/db"
	"serik/internal/platform/fault"
	"serik/internal/platform/gate"
	"serik/internal/platform/health"
	"serik/internal/platform/secret"
	"serik/internal/platform/text"
	"serik/words"
)

// Version of the program.
const Version = "0.1.0"

// House is what the commands need of the application; the main package puts it
// together.
type House struct {
	Run     *act.Runner
	Handler http.Handler
	Ops     http.Handler                    // health and measures, for this machine alone
	Start   func(ctx context.Context) error // jobs and the clock
	Stop    func(ctx context.Context) error
	Seal    func(ctx context.Context) error // seals the log now, before Start
	// Notice sets the line over each page, before the first page is served.
	Notice func(say func() (key string, args map[string]any))
	// Face says how the house stands towards the network, before the first page
	// is served.
	Face func(Front) error
	// Keep opens the store of files.
	Keep func(ctx context.Context, where string) error
	// Vouch names a provider of identities, before the first page is served.
	Vouch func(Provider)
	// Complain is where the HTTP server says what went wrong with it.
	Complain *log.Logger
	// Guests names on the sign-in page who may sign in to a demonstration.
	Guests func([]Guest)
	// Gate is the way out, for webhooks.
	Gate   *gate.Gate
	Sealed []secret.Sealed // the sealed columns of all rooms
}

// Front is under which address people know the house, and which proxies may
// speak for those behind them.
type Front struct {
	Public  string
	Trusted []netip.Prefix
}

// Provider is a provider of identities (OpenID Connect).
type Provider struct{ Issuer, Client, Secret, Name string }

// Guest is one sign-in of a demonstration; Role is a words key, Place a name by
// language.
type Guest struct {
	Login, Password, Role string
	Place                 map[string]string
}

// Ways are how commands reach a house.
type Ways struct {
	Migrate func(ctx context.Context, d *db.DB, keys *secret.Ring) error
	Open    func(d *db.DB, keys *secret.Ring, clock func() time.Time, dir string, out io.Writer) (*House, error)
	Place   func(d *db.DB, dir string, now time.Time) health.Place
	Schema  func(ctx context.Context, d *db.DB) (db.Schema, error)
	Head    func() (int64, error) // the last migration that this program knows
	Out     io.Writer
	Err     io.Writer
}

// Where says which database and folder a command works on.
type Where struct {
	Data string `help:"Folder of the SQLite database, keys and checkpoints." env:"SERIK_DATA" type:"path" xor:"where"`
	DB   string `name:"db" help:"Address of a PostgreSQL database: postgres://…" env:"SERIK_DB" placeholder:"postgres://…"`
	Keys
}

// commands is the whole command line.
type commands struct {
	Demo      Demo       `cmd:"" help:"An invented country to try Serik in, on this machine alone."`
	Serve     Serve      `cmd:"" help:"Serve the pages on a database, SQLite or PostgreSQL, that may be new."`
	Migrate   Migrate    `cmd:"" help:"Bring the schema of a database forward."`
	User      User       `cmd:"" help:"The people of the service."`
	Token     Token      `cmd:"" help:"The tokens of programs."`
	Webhook   Webhook    `cmd:"" help:"The systems that are told what happens."`
	Audit     Audit      `cmd:"" help:"The tamper-evident log."`
	Secret    Secret     `cmd:"" help:"The keys that seal the database."`
	Doctor    Doctor     `cmd:"" help:"Look a house over: each question ok, warn or fail, with what to do."`
	Retention Retention  `cmd:"" help:"What has been kept for long enough."`
	Backup    Backup     `cmd:"" help:"Write a SQLite house into one closed file, while it is served or not."`
	Restore   Restore    `cmd:"" help:"Bring a backup back into an empty folder."`
	Version   VersionCmd `cmd:"" help:"Print the version."`
}

// databaseFile is the SQLite database in its folder.
const databaseFile = "serik.db"

// Exit codes.
const (
	exitRefused     = 1
	exitUsage       = 2
	exitEnvironment = 3
)

// errCheck: a check was made and failed; what it found is already printed.
var errCheck = errors.New("check failed")

// Main runs a command line and gives the exit code.
func Main(ctx context.Context, args []string, w Ways) int {
	var c commands
	code := -1
	k, err := kong.New(&c, kong.Name("serik"), kong.Description("Serik: a companion for each child the state has noticed."),
		kong.Writers(w.Out, w.Err), kong.Exit(func(n int) { code = n }), kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(w), kong.Vars{"roles": roles()})
	if err != nil {
		fmt.Fprintln(w.Err, "serik:", err)
		return exitEnvironment
	}
	p, err := k.Parse(args)
	if code >= 0 {
		return code // --help
	}
	if err != nil {
		fmt.Fprintln(w.Err, "serik:", err)
		return exitUsage
	}
	if err := p.Run(); err != nil {
		return explain(w.Err, err)
	}
	return 0
}

func explain(out io.Writer, err error) int {
	var u usageError
	switch {
	case errors.Is(err, errCheck):
		return exitRefused
	case errors.As(err, &u):
		fmt.Fprintln(out, "serik:", err)
		return exitUsage
	}
	fmt.Fprintln(out, "serik:", say(err))
	var no backup.Refused
	var not refusal
	if errors.As(err, &no) || errors.As(err, &not) {
		return exitRefused
	}
	if k := fault.KindOf(err); k != "" && k != fault.Unavailable {
		return exitRefused
	}
	return exitEnvironment
}

// say is an error in one line: a refusal in the words of the pages, the
// machine's own as it is.
func say(err error) string {
	line := strings.Join(strings.Fields(err.Error()), " ")
	f, ok := fault.Of(err)
	if !ok || f.Kind == fault.Unavailable {
		return line
	}
	all, e := text.Load(words.FS)
	if e != nil {
		return line
	}
	t := all.In(text.EN)
	if len(f.Fields) == 0 {
		return t.Fault(f)
	}
	var parts []string
	for _, x := range f.Fields {
		parts = append(parts, x.Name+": "+t.Field(x))
	}
	return strings.Join(parts, "; ")
}

// refusal is what a command will not do, and what to do instead.
type refusal struct{ text string }

func (r refusal) Error() string { return r.text }

type usageError struct{ text string }

func (u usageError) Error() string { return u.text }

// config turns Where into a database.
func (w Where) config() (db.Config, error) {
	switch {
	case w.Data != "" && w.DB != "":
		return db.Config{}, usageError{"give --data or --db, not both"}
	case w.DB != "" && !strings.HasPrefix(w.DB, "postgres://") && !strings.HasPrefix(w.DB, "postgresql://"):
		return db.Config{}, usageError{"--db is such as postgres://user@host/serik; for SQLite give --data DIR"}
	case w.DB != "":
		return db.Config{URL: w.DB}, nil
	case w.Data != "":
		return db.Config{Path: filepath.Join(w.Data, databaseFile), Full: true}, nil
	}
	return db.Config{}, usageError{"say where: --data DIR or --db postgres://…"}
}

// house opens the database that is there already and puts the house together;
// the second value closes it.
func (w Where) house(ctx context.Context, ways Ways) (*House, func() error, error) {
	cfg, err := w.config()
	if err != nil {
		return nil, nil, err
	}
	if cfg.Path != "" {
		if _, err := os.Stat(cfg.Path); err != nil {
			return nil, nil, fmt.Errorf("no database yet, run serik migrate: %w", err)
		}
	}
	d, err := db.Open(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	h, err := w.furnish(ctx, d, ways)
	if err != nil {
		_ = d.Close() // the first error is the one to tell
		return nil, nil, err
	}
	return h, d.Close, nil
}

func (w Where) furnish(ctx context.Context, d *db.DB, ways Ways) (*House, error) {
	keys, err := w.load(ctx, d, w.Data)
	if errors.Is(err, secret.ErrNoKeys) {
		return nil, fmt.Errorf("%w, run serik migrate", err)
	}
	if err != nil {
		return nil, err
	}
	return ways.Open(d, keys, time.Now, w.Data, ways.Err)
}

// operator is who acts at a command line.
func operator() access.Who {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return access.Who{Operator: name}
}

// VersionCmd prints the version.
type VersionCmd struct{}

// Run prints it.
func (VersionCmd) Run(w Ways) error {
	fmt.Fprintln(w.Out, "serik", Version)
	return nil
}
