package reports_test

import (
	"strings"
	"testing"

	"wanwatch/dashboards/reports"
	"wanwatch/dashboards/reports/document"
	"wanwatch/inventory"
)

// What the figures ask for stands in the form's ten columns, with prices where they are
// known and blanks where not.
func TestProposal(t *testing.T) {
	p := &plan{}
	o := options(t, p)
	o.Inventory.Links["idle"].Contract = &inventory.Contract{MonthlyCost: &inventory.Money{Amount: 9000000, Currency: "VND"}}
	o.Proposal = &reports.Proposal{Funding: "Ngân sách", Grounds: []string{"Căn cứ Nghị định số 1;"}, Items: []*reports.ProposedItem{{Name: "Máy phát điện", Unit: "chiếc", Quantity: 2, Why: "Xã miền núi hay mất điện"}}}
	d, err := reports.Propose(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, c := range d.Form.Columns {
		titles = append(titles, c.Title)
	}
	if got := strings.Join(titles, ";"); got != "STT;Tên tài sản/Cơ quan, đơn vị;Đơn vị tính;Số lượng;Dự toán (đồng);Nguồn vốn mua sắm;Phương thức thanh toán;Dự kiến thời gian, địa điểm giao nhận;Các đề xuất khác;Ghi chú" {
		t.Errorf("columns: %s", got)
	}
	want := []string{
		"1 | Nâng cấp đường truyền Đường đầy (VNPT) từ 100 lên 200 Mbit/s | tháng | 12 | 108.000.000 | Ngân sách |  | tại Phường A | thay cho giá hiện tại 5.500.000 VND/tháng | ",
		"2 | Máy phát điện | chiếc | 2 |  | Ngân sách |  |  |  | ",
	}
	if got := cells(d, d.Form); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the form:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if total := d.Form.Total("Cộng"); d.Write(document.Money, total[4]) != "108.000.000" {
		t.Errorf("total: %+v", total)
	}
	all := ""
	for _, s := range d.Sections {
		all += s.Title + "\n" + strings.Join(s.Texts, "\n") + "\n"
		if s.Table != nil {
			all += strings.Join(cells(d, s.Table), "\n") + "\n"
		}
	}
	for _, want := range []string{
		"1. Căn cứ\nCăn cứ Nghị định số 1;", "2. Hiện trạng", "Mạng gồm 5 địa điểm, 4 đường truyền, 1 thiết bị đầu cuối hội nghị",
		"1 | Nâng cấp đường truyền Đường đầy (VNPT) từ 100 lên 200 Mbit/s | P95 85,0 Mbit/s, bằng 85 % băng thông hợp đồng",
		"2 | Máy phát điện | Xã miền núi hay mất điện", "khắc phục (mất gói khi đường truyền chưa đầy): Đường kém (VNPT)",
		"6. Có thể tiết kiệm", "Đường rỗi | 200,0 | 3,0 | 50,0 | 9.000.000 | 3.500.000 | –", "8. Kiến nghị\n……",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in\n%s", want, all)
		}
	}
	if d.Letter.Left[0] != "Thành ủy Thử" || d.Letter.Place != "ngày 4 tháng 11 năm 2026" {
		t.Errorf("%+v", d.Letter)
	}
}

// The files that stand beside the code as models are read without a problem.
func TestExamples(t *testing.T) {
	o := options(t, &plan{})
	s := reports.Settings{Prices: "examples/prices.yaml", Proposal: "examples/to-trinh.yaml"}
	read, err := s.Options(o.Inventory)
	if err != nil || len(read.Prices.Providers["vnpt"].Tiers) != 3 || len(read.Proposal.Items) != 1 || read.Months != 12 {
		t.Errorf("%v: %+v", err, read)
	}
}
