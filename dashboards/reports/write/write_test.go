package write_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/write"
	"wanwatch/dashboards/texts"
	"wanwatch/internal/testenv"
)

// sample is a document with a table that takes several pages.
func sample() *document.Document {
	zone := time.FixedZone("+07", 7*3600)
	d := &document.Document{
		Language: texts.VI, Organization: "Thành ủy Đà Nẵng", Title: "Báo cáo năng lực đường truyền", Subtitle: "từ 01/10/2026 đến 31/10/2026",
		Mark: "LƯU HÀNH NỘI BỘ", Created: time.Date(2026, 11, 3, 8, 5, 0, 0, zone),
		Sources: []document.Fact{{Name: "Mã băm", Text: "abc123"}},
	}
	t := &document.Table{Name: "Kết luận: tất cả/đường", Columns: []document.Column{
		{Title: "Đường truyền", Width: 30}, {Title: "Hợp đồng (Mbit/s)", Kind: document.Rate}, {Title: "P95", Kind: document.Rate},
		{Title: "Mức", Kind: document.Percent, Formula: &document.Formula{Of: 2, By: 1}}, {Title: "Giá", Kind: document.Money}, {Title: "Đặt trước", Kind: document.Day},
	}}
	for i := range 60 {
		p95 := 1e6 * float64(i)
		row := []document.Cell{
			document.Text(fmt.Sprintf("Đường truyền số %d tới Đảng ủy phường Hải Châu, thuê của nhà cung cấp", i)), document.Number(50e6), document.Number(p95),
			document.Number(p95 / 50e6).At(document.Bad), document.Number(3500000), document.On(time.Date(2027, 1, 31, 18, 30, 0, 0, zone)),
		}
		if i == 7 {
			row[2], row[3], row[4], row[5] = document.Number(math.NaN()), document.Nothing("không đủ số liệu"), document.Nothing(""), document.On(time.Time{})
		}
		if i == 8 {
			row[0] = document.Text("=HYPERLINK(\"http://x\")")
		}
		t.Rows = append(t.Rows, row)
	}
	d.Sections = []document.Section{
		{Title: "Kết luận", Texts: []string{"Ưu tiên nâng cấp: ường, ỡ, ẫ, ỵ, ằng."}, Table: t, Chart: &document.Chart{Title: "P95 / hợp đồng", Kind: document.Percent, Limits: []float64{0.8}, Bars: []document.Bar{{Name: "Đường <1>", Value: 0.93, Level: document.Bad}, {Name: "Đường 2", Value: math.NaN()}}}},
		{Title: "Cách tính", Texts: []string{strings.Repeat("Phân vị thứ 95 của các mẫu 5 phút. ", 20)}},
	}
	return d
}

func written(t *testing.T, name string) []byte {
	t.Helper()
	f, ok := write.ByName(name)
	if !ok {
		t.Fatalf("no format %s", name)
	}
	var b bytes.Buffer
	if err := f.Write(&b, sample()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The spreadsheet holds numbers and days, formulas that come to the same figures, a frozen
// header, a filter and a chart.
func TestXLSX(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(written(t, "xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetList()[1]
	if sheet != "Kết luận  tất cả đường" {
		t.Errorf("sheet %q", sheet)
	}
	raw := func(at string) string {
		v, err := f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Error(err)
		}
		return v
	}
	for at, want := range map[string]string{"A2": "Đường truyền số 0 tới Đảng ủy phường Hải Châu, thuê của nhà cung cấp", "B12": "50", "C12": "10", "E12": "3500000", "F12": "46418", "C9": "", "D9": "không đủ số liệu"} {
		if got := raw(at); got != want {
			t.Errorf("%s is %q, want %q", at, got, want)
		}
	}
	if formula, _ := f.GetCellFormula(sheet, "D12"); formula != "C12/B12" {
		t.Errorf("formula %q", formula)
	}
	if v, err := f.CalcCellValue(sheet, "D12", excelize.Options{RawCellValue: true}); err != nil || v != "0.2" {
		t.Errorf("the formula comes to %s: %v", v, err)
	}
	if formula, _ := f.GetCellFormula(sheet, "A10"); formula != "" {
		t.Errorf("a name became the formula %s", formula)
	}
	if p, err := f.GetPanes(sheet); err != nil || !p.Freeze {
		t.Errorf("the header is not frozen: %v", err)
	}
	names := map[string]string{}
	for _, n := range f.GetDefinedName() {
		names[n.Name] = n.RefersTo
	}
	if !strings.HasSuffix(names["_xlnm.Print_Titles"], "$1:$1") || !strings.HasSuffix(names["_xlnm.Print_Area"], "$A$1:$F$61") {
		t.Errorf("defined names: %v", names)
	}
}

// On paper all of Vietnamese is there, on pages of A4 with the mark and their number.
func TestPDF(t *testing.T) {
	at := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(at, written(t, "pdf"), 0o600); err != nil {
		t.Fatal(err)
	}
	program := testenv.NeedProgram(t, "pdftotext", "poppler-utils")
	out, err := exec.CommandContext(t.Context(), program, "-layout", at, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
	if len(pages) < 3 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, p := range pages {
		if !strings.Contains(p, "LƯU HÀNH NỘI BỘ") || !strings.Contains(strings.ReplaceAll(p, " ", ""), fmt.Sprintf("%d/%d", i+1, len(pages))) {
			t.Errorf("page %d has no mark or no number:\n%s", i+1, p)
		}
		if strings.Contains(p, "Đường truyền số") && !strings.Contains(p, "Đặt trước") {
			t.Errorf("page %d has rows and no header", i+1)
		}
	}
	for _, want := range []string{"Ưu tiên nâng cấp: ường, ỡ, ẫ, ỵ, ằng.", "Thành ủy Đà Nẵng", "31/01/2027", "3.500.000", "không đủ số liệu", "93,0 %", "abc123"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// One file that asks nobody for anything, with what is written in it as text.
func TestHTML(t *testing.T) {
	page := string(written(t, "html"))
	for _, want := range []string{`<html lang="vi">`, "Đường &lt;1&gt;", "31/01/2027", "=HYPERLINK(&#34;http://x&#34;)", `class="number bad"`, "width=\"420\""} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, bad := range []string{"<script", " src=", "url(", "@import", "<link"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestCSVandJSON(t *testing.T) {
	text, ok := strings.CutPrefix(string(written(t, "csv")), "\ufeff")
	if !ok {
		t.Error("no mark of UTF-8")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil || len(rows) != 62 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	if got := strings.Join(rows[12][1:], ";"); got != "50;10;0.2;3500000;2027-01-31" {
		t.Errorf("row: %s", got)
	}
	if got := strings.Join(rows[9][1:], ";"); got != "50;;không đủ số liệu;;" {
		t.Errorf("row: %s", got)
	}
	if rows[10][0] != "'=HYPERLINK(\"http://x\")" {
		t.Errorf("a formula: %s", rows[10][0])
	}
	var d struct {
		Sections []struct {
			Table *struct{ Rows [][]any }
		}
	}
	if err := json.Unmarshal(written(t, "json"), &d); err != nil {
		t.Fatal(err)
	}
	if v := d.Sections[0].Table.Rows[10][2]; v != 10.0 {
		t.Errorf("JSON has %v", v)
	}
}

// A file is whole and its owner's alone, or it is not there.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	f, _ := write.ByName("csv")
	at := filepath.Join(dir, "x.csv")
	if err := write.File(at, f, sample()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(at); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %s: %v", info.Mode(), err)
	}
	broken := write.Format{Name: "csv", Write: func(w io.Writer, _ *document.Document) error {
		_, _ = io.WriteString(w, "half")
		return errors.New("broken")
	}}
	if err := write.File(filepath.Join(dir, "y.csv"), broken, sample()); err == nil || !strings.Contains(err.Error(), "y.csv: broken") {
		t.Errorf("%v", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left: %v", len(left), err)
	}
	if err := write.File(filepath.Join(dir, "none", "x.csv"), f, sample()); err == nil {
		t.Error("a folder that is not there")
	}
}

func TestNumbers(t *testing.T) {
	d := sample()
	for _, c := range []struct {
		kind document.Kind
		cell document.Cell
		want string
	}{
		{document.Rate, document.Number(1234567890), "1.234,6"}, {document.Percent, document.Number(0.9995), "99,950 %"}, {document.Money, document.Number(9100000), "9.100.000"},
		{document.Count, document.Number(math.Inf(1)), "–"}, {document.Day, document.On(time.Time{}), "–"}, {document.Rate, document.Nothing("không có"), "không có"},
	} {
		if got := d.Write(c.kind, c.cell); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// letter is a proposal with an estimate in which one price is still to be filled in.
func letter() *document.Document {
	d := sample()
	d.Title = "TỜ TRÌNH"
	d.Letter = &document.Letter{
		Left: []string{"THÀNH ỦY ĐÀ NẴNG", "VĂN PHÒNG"}, Right: []string{"ĐẢNG CỘNG SẢN VIỆT NAM"}, Place: "Đà Nẵng, ngày 4 tháng 11 năm 2026",
		To: []string{"Ban Thường vụ"}, About: "Về việc nâng cấp đường truyền", Recipients: []string{"Như trên", "Lưu VP"}, Sign: []string{"CHÁNH VĂN PHÒNG", "Nguyễn Văn Thử"},
	}
	t := &document.Table{Name: "Dự toán", Columns: []document.Column{
		{Title: "Tên", Width: 30}, {Title: "Số lượng", Kind: document.Count}, {Title: "Đơn giá", Kind: document.Money},
		{Title: "Thành tiền", Kind: document.Money, Formula: &document.Formula{Of: 1, By: 2, Times: true}, Sum: true},
	}, Rows: [][]document.Cell{
		{document.Text("Đường truyền"), document.Number(12), document.Number(9000000), document.Number(108000000)},
		{document.Text("Bộ định tuyến"), document.Number(2), document.Blank(), document.Blank()},
	}}
	d.Form = t
	d.Sections = append(d.Sections, document.Section{Title: "Dự toán", Table: t})
	return d
}

// A letter has its head and foot in each format, sums as formulas that take a price that
// is filled in later, and as CSV it is its form alone.
func TestLetter(t *testing.T) {
	var b bytes.Buffer
	if err := write.XLSX(&b, letter()); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.SetCellValue("Dự toán", "C3", 1000000); err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{"D2": "108000000", "D3": "2000000", "D4": "110000000"} {
		if v, err := f.CalcCellValue("Dự toán", at, excelize.Options{RawCellValue: true}); err != nil || v != want {
			t.Errorf("%s comes to %s, want %s: %v", at, v, want, err)
		}
	}
	b.Reset()
	if err := write.CSV(&b, letter()); err != nil || b.String() != "\ufeffTên,Số lượng,Đơn giá,Thành tiền\nĐường truyền,12,9000000,108000000\nBộ định tuyến,2,,\n" {
		t.Errorf("%v: %q", err, b.String())
	}
	b.Reset()
	if err := write.HTML(&b, letter()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"<p>VĂN PHÒNG</p>", "Kính gửi: Ban Thường vụ", "<p>Nguyễn Văn Thử</p>", "<li>Lưu VP</li>", `<tr class="total"><td class="">Cộng</td>`, "108.000.000"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing", want)
		}
	}
	b.Reset()
	if err := write.PDF(&b, letter()); err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(at, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), testenv.NeedProgram(t, "pdftotext", "poppler-utils"), "-layout", at, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"THÀNH ỦY ĐÀ NẴNG", "ĐẢNG CỘNG SẢN VIỆT NAM", "Đà Nẵng, ngày 4 tháng 11 năm 2026", "Kính gửi: Ban Thường vụ", "Nơi nhận:", "- Lưu VP", "Nguyễn Văn Thử"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is missing on paper", want)
		}
	}
}
