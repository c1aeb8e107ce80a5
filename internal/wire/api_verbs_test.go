package wire_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"serik/internal/transport/api"
	"serik/internal/wire/trial"
)

// byPageAndProgram says for each verb that a page has on which page it stands
// and which operation of the API runs it.
var byPageAndProgram = map[string]struct{ page, operation string }{
	"procedure.AddOther":       {"POST /messages/{id}/other", "addOtherChild"},
	"procedure.AddSignal":      {"POST /messages/{id}/add", "addToCase"},
	"procedure.Enter":          {"POST /messages/new", "enterSignal"},
	"procedure.Identify":       {"POST /messages/{id}/child", "identifyChild"},
	"procedure.Merge":          {"POST /children/{id}/merge", "mergeChildren"},
	"procedure.Move":           {"POST /children/{id}/move", "moveChild"},
	"procedure.Open":           {"POST /children/{id}/open-case", "openCase"},
	"procedure.OpenFromSignal": {"POST /messages/{id}/case", "openCaseFromSignal"},
	"procedure.Reopen":         {"POST /cases/{id}/reopen", "reopenCase"},
	"procedure.Attach":         {"POST /files/{noun}/{subject}/add", "addFile"},
	"procedure.Files":          {"GET /messages/{id}", "listFiles"},
	"procedure.GetFile":        {"GET /files/{noun}/{subject}/{file}", "getFile"},
	"procedure.QuarantineFile": {"POST /files/{noun}/{subject}/{file}/quarantine", "quarantineFile"},
	"procedure.TakeFile":       {"POST /files/{noun}/{subject}/{file}/take", "takeFile"},
	"procedure.HandFile":       {"POST /files/{noun}/{subject}/{file}/handover", "handFile"},
	"registry.AddAdult":        {"POST /children/{id}/adult", "addAdult"},
	"registry.Amend":           {"POST /children/{id}/amend", "amendChild"},
	"registry.EndRelation":     {"POST /children/{id}/relations/{relation}", "endRelation"},
	"registry.HoldOf":          {"GET /children/{id}", "getChild"},
	"registry.PlaceHold":       {"POST /children/{id}/hold", "placeHold"},
	"registry.LiftHold":        {"POST /children/{id}/release", "liftHold"},
	"registry.LiftUnsafe":      {"POST /children/{id}/safe/{adult}", "liftUnsafe"},
	"registry.MarkUnsafe":      {"POST /children/{id}/unsafe/{adult}", "markUnsafe"},
	"procedure.OpenFile":       {"POST /children/{id}/open-file", "openFile"},
	"registry.Register":        {"POST /children/register/{search}", "registerChild"},
	"registry.SetAddress":      {"POST /children/{id}/address", "setAddress"},
	"registry.SetContactCard":  {"POST /children/{id}/contact", "setContactCard"},
	"registry.SetSchooling":    {"POST /children/{id}/school", "setSchooling"},
	"signal.AcceptPass":        {"POST /messages/{id}/accept", "acceptPass"},
	"signal.AnswerSafety":      {"POST /messages/{id}", "answerSafety"},
	"signal.Confirm":           {"POST /messages/{id}/kind", "confirmKind"},
	"signal.Decide":            {"POST /messages/{id}/decide", "decidePass"},
	"signal.NotConfirm":        {"POST /messages/{id}/not-confirmed", "notConfirmed"},
	"signal.PassOn":            {"POST /messages/{id}/pass", "passSignal"},
	"signal.RefusePass":        {"POST /messages/{id}/refuse", "refusePass"},
	"signal.Second":            {"POST /messages/{id}/second", "secondSignal"},
	"signal.Tell":              {"POST /messages/{id}/tell", "tellSignal"},
	"casework.Accept":          {"POST /cases/{id}/accept", "acceptCase"},
	"casework.Appoint":         {"POST /cases/{id}/appoint", "appointCurator"},
	"casework.Assess":          {"POST /cases/{id}/assessment", "assessChild"},
	"casework.CheckEnded":      {"POST /cases/{id}/check", "checkEnded"},
	"casework.Decline":         {"POST /cases/{id}/decline", "declineCase"},
	"casework.Deliver":         {"POST /measures/{id}/delivery", "deliverMeasure"},
	"casework.Deputise":        {"POST /people/{id}/deputy", "deputise"},
	"casework.End":             {"POST /cases/{id}/end", "endCase"},
	"casework.EndAbsence":      {"POST /people/{id}/absence/{absence}/end", "endAbsence"},
	"casework.EndDeputy":       {"POST /people/{id}/deputy/{case}/end", "endDeputy"},
	"casework.GiveResult":      {"POST /measures/{id}/result", "giveResult"},
	"casework.Handover":        {"POST /people/{id}/handover", "handOver"},
	"casework.LookAtEnd":       {"POST /cases/{id}/look", "lookAtEnd"},
	"casework.Order":           {"POST /cases/{id}/measure", "orderMeasure"},
	"casework.Propose":         {"POST /cases/{id}/curator", "proposeCurator"},
	"casework.SecondResult":    {"POST /measures/{id}/second", "secondResult"},
	"casework.SecondRisk":      {"POST /cases/{id}/risk/{change}", "secondRisk"},
	"casework.SetAbsence":      {"POST /people/{id}/absence", "setAbsence"},
	"casework.SetRisk":         {"POST /cases/{id}/risk", "setRisk"},
	"casework.TakeReading":     {"POST /measures/{id}/reading", "takeReading"},
	"casework.WriteContact":    {"POST /cases/{id}/contact", "writeContact"},
	"casework.WritePlan":       {"POST /cases/{id}/plan/edit", "writePlan"},
	"directory.AddAgency":      {"POST /admin/agencies/add", "addAgency"},
	"directory.AddPerson":      {"POST /admin/people/add", "addPerson"},
	"directory.CloseAgency":    {"POST /admin/agencies/{id}/close", "closeAgency"},
	"directory.Deactivate":     {"POST /admin/people/{id}/deactivate", "deactivatePerson"},
	"directory.EditAgency":     {"POST /admin/agencies/{id}", "editAgency"},
	"directory.EditPerson":     {"POST /admin/people/{id}/edit", "editPerson"},
	"directory.EndGrant":       {"POST /admin/people/{id}/grants/{grant}/end", "endGrant"},
	"directory.Give":           {"POST /admin/people/{id}/grant", "givePersonRole"},
	"directory.Restore":        {"POST /admin/people/{id}/restore", "restorePerson"},
	"directory.Suspend":        {"POST /admin/people/{id}/suspend", "suspendPerson"},
	"settings.Set":             {"POST /admin/norms/{key}/set", "setNorm"},
	"settings.Verify":          {"POST /admin/norms/{key}/{row}/verify", "verifyNorm"},
	"notify.MarkSeen":          {"POST /account/inbox", "markNoticesSeen"},
	"casework.Overview":        {"GET /cases/{id}", "getCase"},
	"casework.Caseloads":       {"GET /people", "listCurators"},
	"casework.CasesOf":         {"GET /people/{id}", "getCurator"},
	"casework.HandoverPreview": {"POST /people/{id}/handover/check", "previewHandover"},
	"casework.Tasks":           {"GET /measures", "listMeasures"},
	"casework.GetMeasure":      {"GET /measures/{id}", "getMeasure"},
	"casework.Uncovered":       {"GET /uncovered", "listUncovered"},
	"directory.Agencies":       {"GET /admin/agencies", "listAgencies"},
	"directory.AgencyByID":     {"GET /admin/agencies/{id}", "getAgency"},
	"directory.ByID":           {"GET /admin/people/{id}", "getPerson"},
	"directory.People":         {"POST /admin/people", "searchPeople"},
	"notify.Inbox":             {"GET /account/inbox", "listNotices"},
	"registry.Count":           {"GET /children", "countChildren"},
	"registry.Get":             {"GET /children/{id}", "getChild"},
	"registry.List":            {"GET /children", "listChildren"},
	"registry.Search":          {"GET /children/found/{search}", "searchChildren"},
	"registry.Similar":         {"GET /children/register/{search}", "similarChildren"},
	"settings.List":            {"GET /admin/norms", "listNorms"},
	"settings.One":             {"GET /admin/norms/{key}", "getNorm"},
	"signal.Counts":            {"GET /messages", "countSignals"},
	"signal.Get":               {"GET /messages/{id}", "getSignal"},
	"signal.List":              {"GET /messages", "listSignals"},
	"signal.TellReporter":      {"GET /messages/{id}/reporter", "getReporter"},
	"signal.Waiting":           {"GET /messages", "listOffered"},
	"timeline.OfCase":          {"GET /cases/{id}/history", "listCaseHistory"},
	"timeline.OfChild":         {"GET /children/{id}/looks", "listLooks"},
	"worklist.Candidates":      {"GET /cases/{id}/curator", "listCandidates"},
	"worklist.Cases":           {"GET /cases", "listCases"},
	"worklist.CountCases":      {"GET /cases", "countCases"},
	"worklist.MeetingOf":       {"GET /measures/{id}", "getMeasure"},
	"worklist.MyDay":           {"GET /my-day", "getMyDay"},
	"worklist.Later":           {"GET /my-day/later", "getMyDay"},
	"worklist.Leads":           {"GET /account/inbox", "listNotices"},
	"worklist.Totals":          {"GET /uncovered", "getMyDay"},
	"timeline.SafetyOf":        {"GET /cases/{id}", "getCase"},
	"directory.Territories":    {"GET /admin/people/add", "listTerritories"},
	"webhook.Add":              {"POST /admin/webhooks/add", "addWebhook"},
	"webhook.All":              {"GET /admin/webhooks", "listWebhooks"},
	"webhook.Deads":            {"GET /admin/webhooks/{id}", "listDeadDeliveries"},
	"webhook.One":              {"GET /admin/webhooks/{id}", "getWebhook"},
	"webhook.Redeliver":        {"POST /admin/webhooks/{id}/dead/{delivery}", "redeliver"},
	"webhook.Remove":           {"POST /admin/webhooks/{id}/remove", "removeWebhook"},
	"webhook.Rotate":           {"POST /admin/webhooks/{id}/secret", "rotateWebhook"},
	"webhook.Start":            {"POST /admin/webhooks/{id}/start", "startWebhook"},
	"webhook.Stop":             {"POST /admin/webhooks/{id}/stop", "stopWebhook"},
	"webhook.Test":             {"POST /admin/webhooks/{id}/test", "testWebhook"},
	"retention.List":           {"GET /erasures", "listDue"},
	"retention.Erasures":       {"GET /erasures", "listErasures"},
	"retention.Get":            {"GET /erasures/{id}", "getErasure"},
	"retention.Ask":            {"POST /erasures/ask/{noun}/{id}", "askErasure"},
	"retention.Answer":         {"POST /erasures/{id}", "answerErasure"},
}

// byPageAlone are the verbs that a program has not, and why.
var byPageAlone = map[string]string{
	"directory.CreateToken":    "a token makes no tokens",
	"directory.RevokeToken":    "a leaked token must not end the others",
	"directory.Tokens":         "a token lists no tokens",
	"directory.Revoke":         "sessions are the browser's",
	"directory.Sessions":       "sessions are the browser's",
	"directory.LiveSessions":   "a line on the page of a person, beside buttons",
	"directory.ChangePassword": "a password is typed by its person",
	"directory.ResetPassword":  "a first password is shown on a screen, to one who looks at it",
	"directory.SignIn":         "a program brings its token",
	"directory.MustChange":     "a program has no password",
	"directory.AddPasskey":     "a way of signing in is changed by its person, soon after signing in",
	"directory.ConfirmApp":     "a way of signing in is changed by its person, soon after signing in",
	"directory.FreshCodes":     "a way of signing in is changed by its person, soon after signing in",
	"directory.OwnFactors":     "a way of signing in is changed by its person, soon after signing in",
	"directory.OwnPasskey":     "a way of signing in is changed by its person, soon after signing in",
	"directory.RemoveApp":      "a way of signing in is changed by its person, soon after signing in",
	"directory.RemovePasskey":  "a way of signing in is changed by its person, soon after signing in",
	"directory.FactorsOf":      "the ways of signing in of another are changed by one who looks at the screen",
	"directory.LinkedTo":       "the ways of signing in of another are changed by one who looks at the screen",
	"directory.Link":           "the ways of signing in of another are changed by one who looks at the screen",
	"directory.ResetFactors":   "the ways of signing in of another are changed by one who looks at the screen",
	"directory.Unlink":         "the ways of signing in of another are changed by one who looks at the screen",
	"directory.Asked":          "a program brings its token",
	"directory.SignInCode":     "a program brings its token",
	"directory.SignInPasskey":  "a program brings its token",
	"directory.SignInVouched":  "a program brings its token",
	"directory.WeighPage":      "a program says its ground in a header",
	"directory.SayWhy":         "a program says its ground in a header",
}

// forWords are questions of pages for names, words and buttons: what a program
// asks by identifier, or learns from the answer to its act.
var forWords = []string{"access.", "casework.Absences", "casework.Owed", "casework.Allowed", "casework.AllowedFor", "casework.AppointDue", "casework.Carried", "casework.CountUncovered",
	"casework.EndKindsFor", "casework.Unchecked", "casework.Get", "casework.Ready", "casework.ReadyFor", "casework.ReadySecond", "casework.RiskStays", "casework.Unseeing", "casework.DeputiesOf", "directory.AgenciesOf",
	"directory.Commissions", "directory.MayAppoint", "directory.MayLetIn", "directory.Names", "directory.Places", "directory.Restorable", "directory.Suspendable", "directory.TerritoryAt",
	"directory.TerritoriesAt", "notify.CountUnread", "notify.Unread", "registry.Brief", "registry.Contactable", "registry.MayTell", "settings.FirstLooser", "settings.MaySet", "signal.Holding",
	"signal.OfChild", "timeline.Cases", "worklist.AfterChild", "worklist.Allowed", "worklist.BesideAll", "worklist.Bodies", "worklist.CaseChild", "worklist.CaseHead", "worklist.CaseOfMessage",
	"worklist.CaseNames", "worklist.CuratorOf", "worklist.CuratorsOf", "worklist.Districts", "worklist.Executors", "worklist.MessageNames", "worklist.Nameable",
	"procedure.CaseFiles", "procedure.FileHome", "procedure.FileRow", "procedure.MeasureFiles", "procedure.NoteLost",
	"worklist.OpenCase", "worklist.Receivers", "worklist.Visible", "registry.Known", "registry.Home", "directory.Code", "directory.ByLogin", "retention.Due", "retention.One", "retention.About", "retention.Waiting"}

// Every verb that a page has, a program has too, through the same function. A
// verb that somebody puts on a page tomorrow fails here until it is in the API
// or the reason why not is written down.
func TestVerbsOfPagesAreInTheAPI(t *testing.T) {
	t.Parallel()
	all := verbs(t)
	pages, door := called(t, "../transport/web", all), called(t, "../transport/api", all)
	routes, operations := routes(t, trial.New(t)), operations(t)
	if len(pages) < 90 || len(operations) < 90 {
		t.Fatalf("only %d verbs on pages, %d operations", len(pages), len(operations))
	}
	for _, v := range slices.Sorted(maps.Keys(pages)) {
		x, both := byPageAndProgram[v]
		_, alone := byPageAlone[v]
		switch {
		case both && alone:
			t.Errorf("%s stands in both tables", v)
		case alone && door[v]:
			t.Errorf("%s is in the API although the page alone has it", v)
		case alone, !both && slices.Contains(forWords, v):
		case !both:
			t.Errorf("%s is on a page and in no operation of the API", v)
		case !door[v]:
			t.Errorf("%s: the API says it has %s and does not call the verb", v, x.operation)
		}
	}
	inTable := map[string]bool{}
	for v, x := range byPageAndProgram {
		if !pages[v] {
			t.Errorf("%s is on no page any more", v)
		}
		if !slices.Contains(routes, x.page) {
			t.Errorf("%s: there is no page %s", v, x.page)
		}
		if !operations[x.operation] {
			t.Errorf("%s: there is no operation %s", v, x.operation)
		}
		inTable[x.operation] = true
	}
	own := []string{"openCaseFile", "listContacts", "listReadings"} // a second way to a verb that stands above
	for o := range operations {
		if !inTable[o] && !slices.Contains(own, o) {
			t.Errorf("the operation %s stands in no line of the table", o)
		}
	}
}

func operations(t *testing.T) map[string]bool {
	t.Helper()
	b, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, methods := range doc.Paths {
		for _, o := range methods {
			out[o.OperationID] = true
		}
	}
	return out
}

// goFiles parses the Go files of a tree, tests and generated templates aside.
func goFiles(t *testing.T, root string) map[string]*ast.File {
	t.Helper()
	out := map[string]*ast.File{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go") || strings.HasSuffix(p, "_templ.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
		out[filepath.ToSlash(p)] = f
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// verbs are the exported functions over an act, a view or the runner.
func verbs(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, root := range []string{"../domain", "../app", "../platform/directory", "../platform/settings", "../platform/notify"} {
		for p, f := range goFiles(t, root) {
			for _, d := range f.Decls {
				fn, ok := d.(*ast.FuncDecl)
				if !ok || fn.Recv != nil || !fn.Name.IsExported() || len(fn.Type.Params.List) < 2 {
					continue
				}
				star, ok := fn.Type.Params.List[1].Type.(*ast.StarExpr)
				if !ok {
					continue
				}
				if sel, ok := star.X.(*ast.SelectorExpr); ok && sel.X.(*ast.Ident).Name == "act" {
					out[path.Base(path.Dir(p))+"."+fn.Name.Name] = true
				}
			}
		}
	}
	return out
}

// called are the verbs that a door calls, or hands on.
func called(t *testing.T, root string, verbs map[string]bool) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, f := range goFiles(t, root) {
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && verbs[x.Name+"."+sel.Sel.Name] {
					out[x.Name+"."+sel.Sel.Name] = true
				}
			}
			return true
		})
	}
	return out
}
