// Package archtest keeps the house in order: it fails on an import in the wrong
// direction, on a library used outside its room, and on habits that the project
// gave up. It only reads source files.
package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wanwatch/internal/testenv"
)

// rooms lists, for each folder, which others of the project it may import. A
// folder without a line of its own belongs to its nearest parent with one. The
// order is the flow: a stage imports only stages before it.
var rooms = map[string]struct {
	may []string
	why string
}{
	"inventory":                       {nil, "what is watched knows nothing of how"},
	"probes/metric":                   {nil, "the catalog is a leaf that everything reads"},
	"probes/errno":                    {nil, "the errors of sockets, under one name on each system"},
	"probes/quality":                  {[]string{"inventory", "probes/metric"}, "what packets mean for a call, whoever sends them"},
	"probes":                          {[]string{"inventory", "probes/metric", "probes/quality"}, "the contract speaks of targets and metrics"},
	"probes/http/client":              {[]string{"inventory", "probes", "probes/dial", "probes/metric"}, "requests that http and websocket share"},
	"probes/http":                     {[]string{"inventory", "probes", "probes/dial", "probes/metric", "probes/http/client"}, "a kind knows the contract, and no other kind"},
	"probes/websocket":                {[]string{"inventory", "probes", "probes/dial", "probes/metric", "probes/http/client"}, "a kind knows the contract, and no other kind"},
	"probes/ping":                     {[]string{"inventory", "probes", "probes/metric", "probes/pathmtu", "probes/quality"}, "a kind knows the contract, and no other kind"},
	"probes/snmp/profile":             {[]string{"inventory"}, "what equipment tells, and where; files, and no code"},
	"probes/snmp":                     {[]string{"inventory", "probes", "probes/errno", "probes/metric", "probes/snmp/profile"}, "a kind knows the contract, and no other kind"},
	"probes/dial":                     {[]string{"inventory", "probes", "probes/errno", "probes/metric"}, "connections of the kinds that need one"},
	"probes/dns":                      {[]string{"inventory", "probes", "probes/dial", "probes/metric"}, "a kind knows the contract, and no other kind"},
	"probes/h323":                     {[]string{"inventory", "probes", "probes/dial", "probes/metric"}, "a kind knows the contract, and no other kind"},
	"probes/sip":                      {[]string{"inventory", "probes", "probes/dial", "probes/metric"}, "a kind knows the contract, and no other kind"},
	"probes/stun/transaction":         {[]string{"inventory", "probes", "probes/dial", "probes/metric"}, "questions and answers that stun and turn share"},
	"probes/stun":                     {[]string{"inventory", "probes", "probes/dial", "probes/metric", "probes/stun/transaction"}, "a kind knows the contract, and no other kind"},
	"probes/turn":                     {[]string{"inventory", "probes", "probes/dial", "probes/metric", "probes/stun/transaction"}, "a kind knows the contract, and no other kind"},
	"probes/stamp/wire":               {nil, "the packets of STAMP, for sender and reflector"},
	"probes/stamp/socket":             {nil, "what the kernel tells of a datagram, for sender and reflector"},
	"probes/stamp/clock":              {[]string{"probes/stamp/wire"}, "what the kernel thinks of its clock, for sender, reflector and the program"},
	"probes/stamp/reflector":          {[]string{"probes", "probes/metric", "probes/stamp/clock", "probes/stamp/socket", "probes/stamp/wire"}, "it answers test packets, whoever sends them"},
	"probes/stamp":                    {[]string{"inventory", "probes", "probes/dial", "probes/metric", "probes/quality", "probes/stamp/clock", "probes/stamp/socket", "probes/stamp/wire"}, "a kind knows the contract, and no other kind"},
	"probes/pathmtu":                  {nil, "the largest packet of a path, for ping and trace"},
	"probes/trace/asn":                {nil, "the names of networks, from a file"},
	"probes/trace":                    {[]string{"inventory", "probes", "probes/dial", "probes/metric", "probes/pathmtu"}, "a kind knows the contract, and no other kind"},
	"probes/tcp":                      {[]string{"inventory", "probes", "probes/dial", "probes/metric"}, "a kind knows the contract, and no other kind"},
	"probes/kinds":                    {[]string{"inventory", "probes", "probes/dial", "probes/dns", "probes/h323", "probes/http", "probes/ping", "probes/sip", "probes/snmp", "probes/stamp", "probes/stun", "probes/tcp", "probes/trace", "probes/turn", "probes/websocket"}, "the one table of kinds"},
	"probes/schedule":                 {[]string{"inventory", "probes", "probes/metric"}, "the scheduler runs any kind and knows none"},
	"probes/probetest":                {[]string{"inventory", "probes", "probes/metric", "probes/schedule"}, "the suite that every kind passes"},
	"exporter":                        {[]string{"inventory", "probes", "probes/metric"}, "what machines read comes from results alone"},
	"exporter/store":                  {[]string{"exporter", "probes", "probes/metric"}, "it keeps what the exporter exposes"},
	"exporter/alerts":                 {nil, "alerts are labels and texts, whoever raised them"},
	"dashboards/texts":                {[]string{"exporter"}, "one catalogue of texts; the exporter names the states"},
	"dashboards/meetings":             {[]string{"inventory", "probes", "probes/metric", "dashboards/texts"}, "it judges what probes and history say"},
	"dashboards/reports/calendar":     {[]string{"inventory"}, "working days, from a file"},
	"dashboards/reports/availability": {nil, "arithmetic knows nothing of where figures come from"},
	"dashboards/reports/equipment":    {nil, "arithmetic knows nothing of where figures come from"},
	"dashboards/reports/capacity":     {nil, "arithmetic knows nothing of where samples come from"},
	"dashboards/reports/history":      {nil, "a Prometheus API, whoever serves it"},
	"dashboards/reports/remoteread":   {[]string{"dashboards/reports/history"}, "samples as a Prometheus has stored them"},
	"dashboards/reports/document":     {[]string{"dashboards/texts"}, "a report before it is written"},
	"dashboards/reports/write":        {[]string{"dashboards/texts", "dashboards/reports/document"}, "how a report looks, and nothing of what it says"},
	"dashboards/reports/mail":         {nil, "it sends files, whatever they say"},
	"dashboards/reports/timetable":    {[]string{"inventory", "dashboards/reports", "dashboards/reports/write"}, "when, and neither how a report is made nor how it is sent"},
	"dashboards/reports":              {[]string{"inventory", "exporter", "dashboards/meetings", "dashboards/texts", "dashboards/query", "dashboards/reports/availability", "dashboards/reports/calendar", "dashboards/reports/capacity", "dashboards/reports/document", "dashboards/reports/equipment", "dashboards/reports/history"}, "it reads, has it computed, and hands over documents"},
	"dashboards/query":                {[]string{"probes/metric", "dashboards/texts"}, "expressions are made of the catalog's metrics"},
	"dashboards/rules":                {[]string{"probes/metric", "dashboards/texts", "dashboards/query"}, "rules name expressions and texts"},
	"dashboards/notices":              {[]string{"dashboards/texts"}, "what notifications say"},
	"dashboards/grafana":              {[]string{"exporter", "probes/metric", "dashboards/texts", "dashboards/query", "dashboards/rules"}, "panels draw expressions"},
	"dashboards/pages":                {[]string{"inventory", "exporter", "dashboards/meetings", "dashboards/texts", "dashboards/query"}, "pages draw expressions, and the states of this moment"},
	"internal/testenv":                {nil, "tests of every room use it"},
	"internal/testnet":                {[]string{"internal/testenv"}, "tests of every room use it"},
	"internal/peertest":               {[]string{"internal/testenv"}, "tests of every room use it"},
	"internal/bench":                  {[]string{"inventory", "internal/lab", "internal/lab/inhabit", "internal/lab/inhabit/gatekeeper", "internal/lab/inhabit/mirror", "internal/lab/inhabit/registrar", "internal/lab/plan", "internal/lab/plans", "internal/lab/proof", "internal/lab/snmptest", "internal/lab/truth", "internal/lab/world", "internal/lab/years"}, "the benchmarks drive the program from outside, some on the simulated network"},
	"internal/lab":                    {[]string{"inventory", "internal/testenv"}, "the simulated network knows nothing of the prober"},
	"internal/lab/years":              {[]string{"dashboards/query", "exporter", "exporter/store"}, "it makes up what rules would have left in the store"},
	"internal/app":                    {[]string{"inventory", "probes", "probes/metric", "probes/kinds", "probes/quality", "probes/schedule", "probes/stamp/clock", "probes/stamp/reflector", "probes/trace/asn", "exporter", "exporter/store", "exporter/alerts", "dashboards/texts", "dashboards/query", "dashboards/rules", "dashboards/meetings", "dashboards/notices", "dashboards/pages", "dashboards/reports", "dashboards/reports/history", "dashboards/reports/mail", "dashboards/reports/remoteread", "dashboards/reports/timetable", "dashboards/reports/write"}, "the only room that sees all the others"},
	"internal/demo":                   {[]string{"inventory", "exporter", "internal/app", "exporter/store", "internal/demo/past", "internal/lab", "internal/lab/inhabit", "internal/lab/plans", "internal/lab/world"}, "it puts the app on the lab"},
	"internal/demo/past":              {[]string{"inventory", "exporter", "exporter/store", "probes/kinds", "probes/schedule", "probes/metric", "dashboards/query", "internal/lab/plan", "internal/lab/traffic", "internal/lab/world"}, "it makes up what rules and exporter would have left in the store"},
	"cmd/wanwatch":                    {[]string{"inventory", "probes", "probes/kinds", "probes/schedule", "probes/snmp", "exporter/alerts", "dashboards/meetings", "dashboards/reports", "dashboards/reports/calendar", "dashboards/reports/document", "dashboards/reports/history", "dashboards/reports/mail", "dashboards/reports/remoteread", "dashboards/reports/write", "dashboards/texts", "dashboards/grafana", "dashboards/notices", "dashboards/rules", "internal/app", "internal/demo", "internal/lab/plans"}, "flags and signals become options"},
}

// libraries names the only rooms that may import a library; tests may too.
var libraries = map[string]struct {
	rooms []string
	why   string
}{
	"github.com/prometheus/client_golang":      {[]string{"exporter", "exporter/store", "exporter/alerts", "dashboards/reports/history"}, "probes hand over results; only the exporter knows Prometheus, and whoever asks its API"},
	"github.com/prometheus/exporter-toolkit":   {[]string{"internal/app", "cmd/wanwatch"}, "serving is the application's work"},
	"github.com/prometheus/prometheus":         {[]string{"exporter/store", "dashboards/reports/remoteread"}, "its packages change between versions: few rooms hold them"},
	"github.com/prometheus/alertmanager":       {[]string{"exporter/alerts"}, "its packages change between versions: one room holds them"},
	"golang.org/x/net/icmp":                    {[]string{"probes/ping", "probes/trace", "internal/lab"}, "pings, and the ways that they take; the simulated network answers some"},
	"github.com/gosnmp/gosnmp":                 {[]string{"probes/snmp", "internal/lab", "internal/bench"}, "one narrow interface stands before the wire"},
	"github.com/prometheus-community/pro-bing": {[]string{"probes/ping"}, "one package sends pings"},
	"github.com/miekg/dns":                     {[]string{"probes/dns"}, "the messages of DNS"},
	"github.com/pion/stun":                     {[]string{"probes/stun/transaction", "probes/stun", "probes/turn"}, "the messages of STUN and TURN"},
	"github.com/coder/websocket":               {[]string{"probes/websocket"}, "the handshake of WebSocket"},
	"github.com/icholy/digest":                 {[]string{"probes/sip"}, "only SIP asks for digest authentication"},
	"github.com/xuri/excelize":                 {[]string{"dashboards/reports/write"}, "spreadsheets"},
	"codeberg.org/go-pdf/fpdf":                 {[]string{"dashboards/reports/write"}, "paper"},
	"github.com/go-fonts/dejavu":               {[]string{"dashboards/reports/write"}, "fonts that have all of Vietnamese"},
	"github.com/emersion/go-ical":              {[]string{"inventory"}, "calendars are part of the inventory"},
	"gopkg.in/yaml.v3":                         {[]string{"inventory", "internal/lab", "internal/app"}, "one strict decoder; the app reads the web configuration that exporter-toolkit defines"},
	"github.com/spf13/cobra":                   {[]string{"cmd/wanwatch"}, "flags are the command's business"},
}

// topLevel are the folders that may stand beside the README.
var topLevel = []string{"cmd", "probes", "inventory", "exporter", "dashboards", "internal", "docs", "examples", "packaging"}

type source struct {
	dir  string // slash-separated, from the module's root
	name string
	file *ast.File
	test bool
}

func TestTopLevelFolders(t *testing.T) {
	entries, err := os.ReadDir(testenv.Root(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(topLevel, e.Name()) && !ignored(t, e.Name()) {
			t.Errorf("%s: no such room in the house; those are %v", e.Name(), topLevel)
		}
	}
}

func TestImports(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, spec := range s.file.Imports {
			target, _ := strconv.Unquote(spec.Path.Value)
			if inner, ok := strings.CutPrefix(target, "wanwatch/"); ok {
				checkInner(t, s, inner)
			} else {
				checkLibrary(t, s, target)
			}
		}
	}
}

func checkInner(t *testing.T, s source, target string) {
	t.Helper()
	from, ok := room(s.dir)
	if !ok {
		t.Errorf("%s: has no line in archtest's list of rooms", s.dir)
		return
	}
	if to, _ := room(target); to == from {
		return
	}
	if testHelper(s.dir) && strings.HasPrefix(target, "internal/testenv") {
		return
	}
	if slices.Contains(rooms[from].may, target) {
		return
	}
	t.Errorf("%s/%s imports %s; %s may import only %v: %s", s.dir, s.name, target, from, rooms[from].may, rooms[from].why)
}

func checkLibrary(t *testing.T, s source, target string) {
	t.Helper()
	for prefix, rule := range libraries {
		if target != prefix && !strings.HasPrefix(target, prefix+"/") {
			continue
		}
		from, _ := room(s.dir)
		if !slices.Contains(rule.rooms, from) && !testHelper(s.dir) {
			t.Errorf("%s/%s imports %s, which belongs to %v: %s", s.dir, s.name, target, rule.rooms, rule.why)
		}
	}
}

func TestPackagesAreDescribedOnce(t *testing.T) {
	described := map[string][]string{}
	for _, s := range sources(t) {
		if strings.HasSuffix(s.file.Name.Name, "_test") {
			continue
		}
		if _, ok := described[s.dir]; !ok {
			described[s.dir] = nil
		}
		if s.file.Doc != nil && len(strings.TrimSpace(s.file.Doc.Text())) > 0 {
			described[s.dir] = append(described[s.dir], s.name)
		}
	}
	for dir, files := range described {
		if len(files) != 1 {
			t.Errorf("%s: wants a package comment in exactly one file, has it in %v", dir, files)
		}
	}
}

func TestHabits(t *testing.T) {
	for _, s := range sources(t) {
		for _, decl := range s.file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				t.Errorf("%s/%s has an init function: make what it makes where it is needed", s.dir, s.name)
			}
		}
		if s.test {
			ast.Inspect(s.file, func(n ast.Node) bool {
				if isCall(n, "time", "Sleep") && !importsPath(s.file, "testing/synctest") {
					t.Errorf("%s/%s sleeps: wait for a condition, or use testing/synctest", s.dir, s.name)
				}
				return true
			})
		}
	}
}

func isCall(n ast.Node, pkg, fn string) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != fn {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == pkg
}

func importsPath(f *ast.File, want string) bool {
	return slices.ContainsFunc(f.Imports, func(s *ast.ImportSpec) bool { return s.Path.Value == strconv.Quote(want) })
}

// room returns the nearest listed parent of dir.
func room(dir string) (string, bool) {
	for d := dir; d != "."; d = path.Dir(d) {
		if _, ok := rooms[d]; ok {
			return d, true
		}
	}
	return "", false
}

// testHelper reports whether a folder only serves tests, by its name.
func testHelper(dir string) bool {
	base := path.Base(dir)
	return strings.HasSuffix(base, "test") || base == "testnet" || base == "testenv"
}

// ignored reports whether git leaves a top-level folder out, such as build
// results.
func ignored(t *testing.T, dir string) bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testenv.Root(t), ".gitignore"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.Trim(strings.TrimSpace(line), "/") == dir {
			return true
		}
	}
	return false
}

func sources(t *testing.T) []source {
	t.Helper()
	root := testenv.Root(t)
	var all []source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || hasOwnModule(p)) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, source{dir: filepath.ToSlash(filepath.Dir(rel)), name: d.Name(), file: file, test: strings.HasSuffix(p, "_test.go")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func hasOwnModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}
