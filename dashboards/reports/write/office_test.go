package write_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"wanwatch/dashboards/reports/document"
	"wanwatch/dashboards/reports/write"
	"wanwatch/dashboards/texts"
	"wanwatch/internal/testenv"
)

// TestLibreOfficeComputesTheSame has LibreOffice compute the formulas of a spreadsheet:
// shares, products, of which some are not known, and sums.
func TestLibreOfficeComputesTheSame(t *testing.T) {
	table := &document.Table{Name: "Dự toán", Columns: []document.Column{
		{Title: "Nội dung", Width: 30}, {Title: "Số lượng", Kind: document.Count}, {Title: "Đơn giá", Kind: document.Money},
		{Title: "Thành tiền", Kind: document.Money, Formula: &document.Formula{Of: 1, By: 2, Times: true}, Sum: true},
		{Title: "Hợp đồng", Kind: document.Rate}, {Title: "P95", Kind: document.Rate},
		{Title: "Mức", Kind: document.Percent, Formula: &document.Formula{Of: 5, By: 4}},
	}}
	for i := range 30 {
		n, price, p95 := float64(i+1), 1e6+float64(i)/3, 1e6*float64(i)
		cells := []document.Cell{
			document.Text(fmt.Sprintf("Đường truyền số %d, Đảng ủy phường Hải Châu", i)), document.Number(n), document.Number(price),
			document.Number(n * price), document.Number(30e6), document.Number(p95), document.Number(p95 / 30e6),
		}
		if i == 7 {
			cells[2], cells[3] = document.Blank(), document.Blank()
		}
		table.Rows = append(table.Rows, cells)
	}
	d := &document.Document{
		Language: texts.VI, Title: "Tờ trình", Created: time.Date(2026, 11, 3, 8, 5, 0, 0, time.UTC),
		Sections: []document.Section{{Title: "Dự toán", Table: table}},
	}
	sheet := recalculated(t, d)
	value := func(column, row int) float64 {
		name, err := excelize.CoordinatesToCellName(column+1, row+1)
		if err != nil {
			t.Fatal(err)
		}
		text, err := sheet(name)
		if err != nil {
			t.Fatal(err)
		}
		if text == "" {
			return math.NaN()
		}
		var v float64
		if _, err := fmt.Sscan(text, &v); err != nil {
			t.Fatalf("%s is %q: %v", name, text, err)
		}
		return v
	}
	rows := append(table.Rows, table.Total("Tổng"))
	for r, cells := range rows {
		for _, c := range []int{3, 6} {
			got, want := value(c, r+1), cells[c].Number
			if !cells[c].Known() {
				want = math.NaN()
			}
			if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9*math.Abs(want) {
				t.Errorf("row %d, %s: %v, want %v", r, table.Columns[c].Title, got, want)
			}
		}
	}
}

// recalculated writes a document as a spreadsheet, has LibreOffice open and save it, and
// returns a way to the raw values of its second sheet.
func recalculated(t *testing.T, d *document.Document) func(cell string) (string, error) {
	t.Helper()
	office := testenv.NeedProgram(t, "soffice", "libreoffice-calc-nogui")
	dir := t.TempDir()
	path := filepath.Join(dir, "report.xlsx")
	if err := write.File(path, write.Format{Name: "xlsx", Write: write.XLSX}, d); err != nil {
		t.Fatal(err)
	}
	saved := filepath.Join(dir, "saved")
	cmd := exec.CommandContext(t.Context(), office, "--headless", "-env:UserInstallation=file://"+dir+"/profile", "--convert-to", "xlsx", "--outdir", saved, path)
	cmd.Env = append(os.Environ(), "HOME="+dir)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("LibreOffice: %v: %s", err, said)
	}
	f, err := excelize.OpenFile(filepath.Join(saved, "report.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	name := f.GetSheetList()[1]
	return func(cell string) (string, error) {
		return f.GetCellValue(name, cell, excelize.Options{RawCellValue: true})
	}
}
