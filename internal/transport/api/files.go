package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"serik/internal/app/procedure"
	"serik/internal/platform/access"
	"serik/internal/platform/act"
	"serik/internal/platform/fault"
	"serik/internal/platform/file"
	"serik/internal/platform/id"
)

const (
	tagFiles   = "files"
	maxFile    = 20 << 20                     // of the API, whatever the norm
	sentBeside = 64 << 10                     // of a body, beside the file
	maxSent    = maxFile/3*4 + sentBeside + 8 // as base64, with the rest of the body
	sendTime   = deadline - time.Second       // for a file to come
)

// files are the operations on files. Each address names the noun on which the
// file hangs: it is asked whether the caller may.
func files(d *desk) {
	reads(d, tagFiles, op{id: "listFiles", route: "GET /files/{noun}/{subject}", says: "The files of a noun, with those that are the same or look alike"}, listFiles)
	d.adds(op{id: "addFile", route: "POST /files/{noun}/{subject}", says: "Hang a file on a noun: PDF, JPEG, PNG, DOCX, XLSX", made: true})
	gives(d, op{id: "getFile", route: "GET /files/{noun}/{subject}/{file}", says: "The bytes of a file"}, func(ctx context.Context, in *OneFileSought) (file.File, io.ReadCloser, error) {
		var f file.File
		var b io.ReadCloser
		err := d.Run.Show(ctx, callerOf(ctx).who, func(ctx context.Context, v *act.View) error {
			x, err := in.read()
			if err == nil {
				f, err = procedure.GetFile(ctx, v, in.Noun, x.subject, x.file)
			}
			if err == nil {
				err = weigh(ctx, v, in)
			}
			if err == nil {
				b, err = d.bytes(ctx, f)
			}
			return err
		})
		return f, b, err
	})
	writes(d, tagFiles, op{id: "quarantineFile", route: "POST /files/{noun}/{subject}/{file}/quarantine", says: "Keep a file unseen from now on"}, quarantineFile)
	gives(d, op{id: "takeFile", route: "POST /files/{noun}/{subject}/{file}/take", says: "The bytes of a file in quarantine, for the police"}, func(ctx context.Context, in *OneFile) (file.File, io.ReadCloser, error) {
		var f file.File
		var b io.ReadCloser
		err := d.Run.Do(ctx, callerOf(ctx).who, func(ctx context.Context, a *act.Act) error {
			x, err := in.read()
			if err == nil {
				f, err = procedure.TakeFile(ctx, a, in.Noun, x.subject, x.file)
			}
			if err == nil && b == nil { // an act may be tried twice
				b, err = d.bytes(ctx, f)
			}
			return err
		})
		f.Kind = ""
		return f, b, err
	})
	writes(d, tagFiles, op{id: "handFile", route: "POST /files/{noun}/{subject}/{file}/handover", says: "Note to whom a taken file was handed; its bytes are destroyed"}, handFile)
}

// OneNoun is what files hang on.
type OneNoun struct {
	Noun    string `path:"noun" doc:"signal, case, contact, measure, reading or result."`
	Subject string `path:"subject"`
}

// OneFile is a file on its noun.
type OneFile struct {
	OneNoun
	File string `path:"file"`
}

// OneFileSought is OneFile of who looks.
type OneFileSought struct {
	OneFile
	Grounding
}

type fileAt struct{ subject, file id.ID }

func (in *OneFile) read() (fileAt, error) {
	var x fileAt
	var err error
	if x.subject, err = key(in.Subject); err == nil {
		x.file, err = key(in.File)
	}
	return x, err
}

// File is one file as its row tells.
type File struct {
	ID     id.ID       `json:"id"`
	Noun   string      `json:"noun"`
	On     id.ID       `json:"on" doc:"The noun's identifier."`
	Kind   string      `json:"kind"`
	Size   int64       `json:"size"`
	Title  string      `json:"title,omitempty"`
	Teller bool        `json:"teller" doc:"One can tell from it who reported."`
	At     time.Time   `json:"at"`
	By     id.ID       `json:"by,omitempty"`
	State  string      `json:"state" doc:"kept, quarantined, handed, destroyed; only the kept are given."`
	LostAt *time.Time  `json:"lost_at,omitempty" doc:"Since when its bytes are known to be lost."`
	Beside []BesideOne `json:"beside" doc:"The same file, or one that looks alike, elsewhere: as far as the caller may know."`
}

// BesideOne is another file that is the same or looks alike.
type BesideOne struct {
	ID   id.ID  `json:"id"`
	Noun string `json:"noun"`
	On   id.ID  `json:"on"`
	Same bool   `json:"same" doc:"To the byte."`
}

// listFilesIn is OneNoun of who looks.
type listFilesIn struct {
	OneNoun
	Grounding
}

func listFiles(ctx context.Context, v *act.View, in *listFilesIn) (Rows[File], error) {
	k, err := key(in.Subject)
	if err != nil {
		return Rows[File]{}, err
	}
	h, err := procedure.FileHome(ctx, v, in.Noun, k, false)
	if err != nil {
		return Rows[File]{}, err
	}
	all, err := procedure.Files(ctx, v, in.Noun, k)
	if err != nil {
		return Rows[File]{}, err
	}
	v.Look(act.On{Noun: in.Noun, ID: k, Child: h.Child, Territory: h.Territory}, "")
	out := Rows[File]{Items: []File{}}
	for _, f := range all {
		x := File{f.ID, f.Noun, f.Subject, string(f.Kind), f.Size, f.Title, f.Teller, f.At, f.By, string(f.State), f.LostAt, []BesideOne{}}
		for _, b := range f.Beside {
			x.Beside = append(x.Beside, BesideOne{b.File.ID, b.File.Noun, b.File.Subject, b.Same})
		}
		out.Items = append(out.Items, x)
	}
	return out, nil
}

type addFileIn struct {
	OneNoun
	Once
	Body struct {
		Ending  string `json:"ending" enum:"pdf,jpg,jpeg,png,docx,xlsx,heic" doc:"What the file's name ends with; heic is refused with advice."`
		Content []byte `json:"content" doc:"The file in base64, 20 MB at most before it."`
		Title   string `json:"title,omitempty" maxLength:"500"`
		Teller  bool   `json:"teller,omitempty" doc:"Of a message: one can tell from it who reported."`
		Unseen  bool   `json:"unseen,omitempty" doc:"It may show a child's sexual abuse: nobody is to open it."`
	}
}

// adds puts the operation that brings a file on the router: asked before a byte
// is read, kept before the act, dropped when the act refuses them.
func (d *desk) adds(o op) {
	how := d.operation(o, tagFiles, false, true)
	how.MaxBodyBytes, how.BodyReadTimeout = maxSent, sendTime
	how.Middlewares = huma.Middlewares{d.mayAdd}
	huma.Register(d.api, how, func(ctx context.Context, in *addFileIn) (*answer[Made], error) {
		out, err := d.add(ctx, o, in)
		if err != nil {
			return nil, d.refuse(ctx, err)
		}
		return answerOf(out), nil
	})
}

func (d *desk) add(ctx context.Context, o op, in *addFileIn) (Made, error) {
	k, err := key(in.Subject)
	if err != nil {
		return Made{}, err
	}
	store := d.store() // there is one: mayAdd has asked
	c, err := file.Prepare("file."+in.Body.Ending, in.Body.Content, callerOf(ctx).most)
	if err != nil {
		return Made{}, renamed(err, "file", "content")
	}
	callerOf(ctx).form = id.New()
	asked, err := askedOf(callerOf(ctx), o.id, in)
	if err != nil {
		return Made{}, err
	}
	kept, err := store.Put(ctx, c)
	if err != nil {
		return Made{}, fault.Wrap(fault.Unavailable, "file.not_kept", err)
	}
	used := false
	var out Made
	err = d.Run.Do(ctx, callerOf(ctx).who, func(ctx context.Context, a *act.Act) error {
		used = false
		var err error
		out, err = once(ctx, a, asked, func() (Made, error) {
			used = true
			f, err := procedure.Attach(ctx, a, procedure.Attachment{ID: form(ctx), Noun: in.Noun, Subject: k, Title: in.Body.Title,
				Teller: in.Body.Teller, Unseen: in.Body.Unseen, Stored: kept})
			return Made{ID: f.ID, State: string(f.State)}, err
		})
		return err
	})
	if f := fault.KindOf(err); !used || f != "" && f != fault.Unavailable {
		if e := store.Drop(context.WithoutCancel(ctx), kept.Blob); e != nil {
			d.Log.Error("bytes stay behind", "error", unquoted(e))
		}
	}
	return out, err
}

// renamed tells a refusal at the field as the contract calls it.
func renamed(err error, from, to string) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	for i := range f.Fields {
		if f.Fields[i].Name == from {
			f.Fields[i].Name = to
		}
	}
	return f
}

// sent is the answer that is a file.
type sent struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

// gives puts an operation that sends a file on the router.
func gives[I any](d *desk, o op, get func(context.Context, *I) (file.File, io.ReadCloser, error)) {
	huma.Register(d.api, d.operation(o, tagFiles, false, false), func(ctx context.Context, in *I) (*sent, error) {
		f, r, err := get(ctx, in)
		if r != nil {
			defer func() { _ = r.Close() }() // it was only read
		}
		var b []byte
		if err == nil {
			if b, err = io.ReadAll(r); err == nil && int64(len(b)) != f.Size {
				err = file.ErrLost
			}
		}
		if errors.Is(err, file.ErrLost) {
			note := d.Run.Do(context.WithoutCancel(ctx), access.Who{System: "files"}, func(ctx context.Context, a *act.Act) error {
				return procedure.NoteLost(ctx, a, f.ID)
			})
			err = fault.Wrap(fault.Unavailable, "file.lost", errors.Join(file.ErrLost, note))
		}
		if err != nil {
			return nil, d.refuse(ctx, err)
		}
		return &sent{Type: f.Kind.Type(), Disposition: `attachment; filename="` + f.SavedAs(ending(f.Kind)) + `"`,
			Policy: "default-src 'none'; frame-ancestors 'none'; sandbox", Body: b}, nil
	})
}

// ending is that of the kind; of bytes that nobody is to open, one that opens
// nothing.
func ending(k file.Kind) string {
	if k == "" {
		return ".bin"
	}
	return k.Ending()
}

func (d *desk) store() *file.Store {
	if d.Files == nil {
		return nil
	}
	return d.Files()
}

func (d *desk) bytes(ctx context.Context, f file.File) (io.ReadCloser, error) {
	store := d.store()
	if store == nil {
		return nil, fault.New(fault.Unavailable, "file.no_store")
	}
	return store.Read(ctx, f)
}

type quarantineIn struct {
	OneFile
	Once
	Body struct {
		Why string `json:"why" maxLength:"5000"`
	}
}

func quarantineFile(ctx context.Context, a *act.Act, in *quarantineIn) (Made, error) {
	x, err := in.read()
	if err != nil {
		return Made{}, err
	}
	return Made{ID: x.file}, procedure.QuarantineFile(ctx, a, in.Noun, x.subject, x.file, in.Body.Why)
}

type handFileIn struct {
	OneFile
	Once
	Body struct {
		To string `json:"to" maxLength:"500" doc:"Which body of the police."`
		No string `json:"no" maxLength:"500" doc:"Under which number it was taken."`
	}
}

func handFile(ctx context.Context, a *act.Act, in *handFileIn) (Made, error) {
	x, err := in.read()
	if err != nil {
		return Made{}, err
	}
	return Made{ID: x.file}, procedure.HandFile(ctx, a, in.Noun, x.subject, x.file, procedure.Handing{To: in.Body.To, No: in.Body.No})
}

// room is how much a request may bring.
func room(r *http.Request) int64 {
	if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, base+"/files/") {
		return maxSent + 1
	}
	return maxBody + 1
}
