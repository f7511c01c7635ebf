package texts

// The proposal (tờ trình).
var (
	ProposalTitle    = Text{"TỜ TRÌNH", "PROPOSAL"}
	ProposalAbout    = Text{"Về việc nâng cấp đường truyền và thay thế thiết bị", "On larger lines and new equipment"}
	ProposalDay      = Text{"ngày %d tháng %d năm %s", "%[1]d/%[2]d/%[3]s"}
	ProposalGrounds  = Text{"Căn cứ", "Grounds"}
	ProposalPresent  = Text{"Hiện trạng", "Present state"}
	ProposalNeed     = Text{"Sự cần thiết", "Need"}
	ProposalList     = Text{"Danh mục và số lượng", "List and quantities"}
	ProposalEstimate = Text{"Dự toán", "Estimate"}
	ProposalSavings  = Text{"Có thể tiết kiệm", "What can be saved"}
	ProposalSchedule = Text{"Tiến độ thực hiện", "Schedule"}
	ProposalRequests = Text{"Kiến nghị", "Requests"}

	ProposalNetwork      = Text{"Mạng gồm %d địa điểm, %d đường truyền, %d thiết bị đầu cuối hội nghị và %d thiết bị.", "The network has %d sites, %d lines, %d conference endpoints and %d devices."}
	ProposalOutages      = Text{"Trong kỳ có %d lần mất kết nối, tổng cộng %s giờ; %d mục tiêu vượt mức cam kết chất lượng dịch vụ (SLA).", "In the period there were %d outages of %s hours in all; %d targets were over what their SLA allows."}
	ProposalNothing      = Text{"Số liệu trong kỳ chưa cho thấy cần mua sắm.", "The figures of the period ask for nothing to be bought."}
	ProposalRepair       = Text{"Không mua sắm mà yêu cầu nhà cung cấp khắc phục (mất gói khi đường truyền chưa đầy): %s.", "To be repaired by the provider, and not bought (packets are lost while the line is not full): %s."}
	ProposalEstimateNote = Text{"Đơn giá chưa gồm thuế, theo bảng giá của nhà cung cấp; ô để trống là chưa có giá và chưa tính vào tổng. Đường truyền tính cho %d tháng.", "Prices are without VAT, from the providers' price list; a blank is a price that is not known, and is not in the sum. Lines are for %d months."}
	ProposalSavingsNote  = Text{"Các đường truyền có thể giảm băng thông khi hết hợp đồng mà vẫn đáp ứng nhu cầu.", "Lines that could be smaller when their contract ends, and would still do."}

	ProposalLine      = Text{"Nâng cấp đường truyền %s (%s) từ %s lên %s Mbit/s", "Larger line %s (%s), from %s to %s Mbit/s"}
	ProposalReplace   = Text{"Thay thế thiết bị %s", "Replacement of %s"}
	ProposalReplaceBy = Text{"Thay thế thiết bị %s bằng %s", "Replacement of %s by %s"}
	ProposalMonth     = Text{"tháng", "month"}
	ProposalPiece     = Text{"bộ", "piece"}
	ProposalAt        = Text{"tại %s", "at %s"}
	ProposalBefore    = Text{"trước %s, tại %s", "before %s, at %s"}
	ProposalQuarter   = Text{"%s, tại %s", "%s, at %s"}
	ProposalInstead   = Text{"thay cho giá hiện tại %s %s/tháng", "instead of %s %s a month now"}
	ProposalPriceIn   = Text{"giá tháng: %s %s", "price a month: %s %s"}
	ProposalPrice     = Text{"Đơn giá (đồng)", "Price of one (VND)"}
	ProposalAmount    = Text{"Thành tiền (đồng)", "Amount (VND)"}
	ProposalNeeded    = Text{"Cần có trước", "Needed by"}
	ProposalAtOnce    = Text{"ngay", "at once"}

	WhyP95     = Text{"P95 %s Mbit/s, bằng %s %% băng thông hợp đồng", "a P95 of %s Mbit/s, %s %% of the contract"}
	WhyReach   = Text{"chiều %s đạt 80 %% vào khoảng %s", "the direction %s comes to 80 %% about %s"}
	WhyNoCall  = Text{"giờ cao điểm không còn chỗ cho một cuộc gọi", "no room for one more call at the busy hour"}
	WhyCrowded = Text{"mỗi tháng %s giờ làm việc không còn chỗ, sau %d tháng là %s giờ nếu không làm gì", "%s working hours a month without room, in %d months %s if nothing is done"}
)

// The ten columns of the form of central purchasing, Mẫu 03/TSC-MSTT of Decree
// 151/2017/NĐ-CP.
var (
	FormNumber   = Text{"STT", "No."}
	FormName     = Text{"Tên tài sản/Cơ quan, đơn vị", "Asset/office"}
	FormUnit     = Text{"Đơn vị tính", "Unit"}
	FormQuantity = Text{"Số lượng", "Quantity"}
	FormEstimate = Text{"Dự toán (đồng)", "Estimate (VND)"}
	FormFunding  = Text{"Nguồn vốn mua sắm", "Source of funds"}
	FormPayment  = Text{"Phương thức thanh toán", "Way of payment"}
	FormDelivery = Text{"Dự kiến thời gian, địa điểm giao nhận", "Time and place of delivery"}
	FormOther    = Text{"Các đề xuất khác", "Other proposals"}
	FormNote     = Text{"Ghi chú", "Notes"}
)
