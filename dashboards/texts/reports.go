package texts

// The frame of every report.
var (
	ReportCreated  = Text{"lập lúc", "made on"}
	ReportSources  = Text{"Nguồn số liệu", "Where the figures come from"}
	ReportPeriod   = Text{"Kỳ báo cáo", "Period"}
	ReportFromTo   = Text{"từ %s đến %s", "from %s to %s"}
	ReportServer   = Text{"Máy chủ số liệu", "Server"}
	ReportQuery    = Text{"Truy vấn", "Query"}
	ReportHash     = Text{"Mã băm danh mục", "Hash of the inventory"}
	ReportHolidays = Text{"Lịch làm việc", "Calendar"}
	ReportPrices   = Text{"Bảng giá", "Price list"}
	ReportNone     = Text{"không có", "none"}
	ReportBuiltIn  = Text{"lịch Việt Nam có sẵn", "the one of Viet Nam in the program"}
	ReportMore     = Text{"… và %d dòng nữa trong tệp XLSX, HTML, CSV hoặc JSON.", "… and %d more rows in the XLSX, HTML, CSV or JSON."}
	ReportQueries  = Text{"Số truy vấn", "Queries made"}
	ReportAttached = Text{"Báo cáo kèm theo thư này.", "The report is attached."}
	ReportTotal    = Text{"Cộng", "Total"}

	LetterTo         = Text{"Kính gửi", "To"}
	LetterRecipients = Text{"Nơi nhận", "Recipients"}
	LetterSign       = Text{"Ký tên", "Signature"}
)

// The capacity report.
var (
	CapacityTitle   = Text{"Báo cáo năng lực đường truyền", "Capacity of the lines"}
	CapacityVerdict = Text{"Kết luận", "Findings"}
	CapacityUse     = Text{"Mức chiếm dụng", "Use"}
	CapacityGrowth  = Text{"Xu hướng và dự báo", "Trend and forecast"}
	CapacityTerms   = Text{"Cách tính", "Definitions"}

	CapacitySummary = Text{"%d đường truyền: %d cần nâng cấp ngay, %d cần đặt nâng cấp, %d cần lập kế hoạch, %d đường kém chất lượng, %d có thể giảm, %d giữ nguyên, %d không đủ số liệu.",
		"%d lines: %d to upgrade now, %d to order, %d to plan, %d of bad quality, %d could be smaller, %d to keep, %d without figures."}
	CapacityDefinition = Text{"P95: các mẫu 5 phút trong kỳ xếp theo thứ tự, bỏ 5 % lớn nhất, lấy giá trị kế tiếp (thứ hạng trần của 0,95·n), tính riêng từng chiều; chiều lớn hơn là căn cứ. Cột «P95 chiều lớn hơn từng mẫu» là cách tính kia: lấy chiều lớn hơn của từng mẫu rồi mới tính P95.",
		"P95: the 5-minute samples of the period in order, the largest 5 % dropped, the next is the figure (rank: 0.95·n, rounded up), for each direction; the larger one counts. The column “P95 of the larger each time” is the other way: the larger direction of each sample, and the P95 of these."}
	CapacityCoverageNote = Text{"Không nêu số liệu khi số mẫu phủ dưới 90 % kỳ báo cáo.", "No figure is told where samples cover less than 90 % of the period."}
	CapacityTrendNote    = Text{"Xu hướng: ước lượng Theil–Sen trên P95 từng tuần, khoảng tin cậy 95 %; «không có xu hướng» khi khoảng chứa 0 hoặc chưa đủ 8 tuần. Ngày đạt 80 % là ngày đường xu hướng chạm 80 % băng thông hợp đồng; khoảng ngày tính cả sai số của độ dốc và của mức.",
		"Trend: Theil–Sen over the P95 of weeks, with its interval of 95 %; “no trend” where that spans zero or there are less than 8 weeks. The date of 80 % is when the trend comes to 80 % of the contracted bandwidth; its range holds what is not known of slope and height."}
	CapacityBusyNote    = Text{"Giờ cao điểm: trung vị của giờ đầy nhất mỗi ngày làm việc. Giờ họp: các giờ có cuộc họp tại điểm đó.", "Busy hour: the median of the fullest hours of working days. Meeting hours: those with a meeting at the site."}
	CapacityTierNote    = Text{"Đề xuất: mức băng thông nhỏ nhất trong bảng giá giữ P95 dưới 70 % trong %d tháng tới và còn chỗ cho một cuộc gọi; không có bảng giá thì nêu băng thông cần có.", "Recommended: the smallest offer of the price list that keeps the P95 under 70 % for the next %d months with room for one more call; without a price list, the bandwidth that it takes."}
	CapacityCrowdedNote = Text{"Không làm gì thì mất gì: số giờ làm việc trong một tháng 30 ngày mà đường truyền không còn chỗ cho một cuộc gọi của điểm đó (nơi không có cuộc gọi: đầy trên 90 %), trong kỳ này và khi hết thời hạn nêu trên nếu lưu lượng tăng theo xu hướng.", "The cost of doing nothing: working hours of a month of 30 days in which the line has no room for one more call of the site (where nobody calls: is over 90 %), in this period, and at the end of the time above if traffic grows by its trend."}
	CapacityChart       = Text{"P95 so với băng thông hợp đồng, các đường cao nhất", "P95 as a share of the contract, the fullest lines"}
)

// Columns of the capacity report.
var (
	CapLine         = Text{"Đường truyền", "Line"}
	CapSite         = Text{"Địa điểm", "Site"}
	CapProvider     = Text{"Nhà cung cấp", "Provider"}
	CapContract     = Text{"Hợp đồng (Mbit/s)", "Contract (Mbit/s)"}
	CapP95          = Text{"P95 (Mbit/s)", "P95 (Mbit/s)"}
	CapShare        = Text{"P95 / hợp đồng", "P95 / contract"}
	CapDirection    = Text{"Chiều", "Direction"}
	CapDown         = Text{"đến", "to the site"}
	CapUp           = Text{"đi", "from the site"}
	CapAdvice       = Text{"Kết luận", "Finding"}
	CapWanted       = Text{"Đề xuất (Mbit/s)", "Recommended (Mbit/s)"}
	CapCost         = Text{"Giá mới mỗi tháng (%s)", "New price a month (%s)"}
	CapCostNow      = Text{"Giá hiện tại (%s)", "Price now (%s)"}
	CapOrderBy      = Text{"Đặt muộn nhất", "Order by"}
	CapEnds         = Text{"Hết hợp đồng", "Contract ends"}
	CapMaximum      = Text{"Lớn nhất (Mbit/s)", "Maximum (Mbit/s)"}
	CapLarger       = Text{"P95 chiều lớn hơn từng mẫu (Mbit/s)", "P95 of the larger each time (Mbit/s)"}
	CapBusy         = Text{"Giờ cao điểm (Mbit/s)", "Busy hour (Mbit/s)"}
	CapBusyAt       = Text{"Lúc", "At"}
	CapMeeting      = Text{"P95 giờ họp (Mbit/s)", "P95 of meeting hours (Mbit/s)"}
	CapOver         = Text{"> %d %%", "> %d %%"}
	CapCoverage     = Text{"Độ phủ mẫu", "Coverage"}
	CapWeekly       = Text{"Tăng mỗi tuần (Mbit/s)", "Growth a week (Mbit/s)"}
	CapInterval     = Text{"Khoảng tin cậy", "Interval"}
	CapReach        = Text{"Đạt 80 %", "At 80 %"}
	CapRange        = Text{"Khoảng ngày", "Range"}
	CapCalls        = Text{"Còn đủ cuộc gọi", "Calls that fit"}
	CapCrowded      = Text{"Giờ nghẽn mỗi tháng", "Hours a month without room"}
	CapCrowdedLater = Text{"Giờ nghẽn mỗi tháng, sau %d tháng nếu không làm gì", "Hours a month without room, in %d months if nothing is done"}
	CapNoTrend      = Text{"không có xu hướng", "no trend"}
	CapReached      = Text{"đã vượt", "already there"}
	CapLate         = Text{"sau %s", "after %s"}
)

// Advices are the findings about a line, by their ids in the arithmetic.
func Advices() map[string]Text {
	return map[string]Text{
		"bad_line":  {"Đường kém: mất gói, không phải do lưu lượng; yêu cầu nhà cung cấp khắc phục", "Bad line: it loses packets though it is not full; have the provider repair it"},
		"now":       {"Nâng cấp ngay", "Upgrade now"},
		"order":     {"Đặt nâng cấp", "Order an upgrade"},
		"plan":      {"Lập kế hoạch nâng cấp", "Plan an upgrade"},
		"keep":      {"Giữ nguyên", "Keep"},
		"downgrade": {"Có thể giảm băng thông", "Could be smaller"},
		"no_data":   {"Không đủ số liệu", "Not enough figures"},
	}
}

// The availability report.
var (
	AvailabilityTitle   = Text{"Báo cáo độ khả dụng", "Availability"}
	AvailabilityTargets = Text{"Từng mục tiêu", "Each target"}
	AvailabilityGroups  = Text{"Theo nhà cung cấp và địa điểm", "By provider and site"}
	AvailabilityOutages = Text{"Các lần mất kết nối", "Outages"}
	AvailabilityMonths  = Text{"So sánh các tháng", "Months side by side"}
	AvailabilityChart   = Text{"Thời gian mất kết nối, các mục tiêu lâu nhất", "Time down, the longest"}

	AvailabilitySummary     = Text{"%d mục tiêu, %d lần mất kết nối, %d mục tiêu vượt cam kết SLA.", "%d targets, %d outages, %d targets over what their SLA allows."}
	AvailabilityShareNote   = Text{"Độ khả dụng thực tế = (hoạt động + suy giảm) / thời gian có số đo, kể cả bảo trì. Độ khả dụng theo SLA không tính thời gian bảo trì. Thời gian là tổng giây trong từng trạng thái do chương trình đếm, không suy từ mẫu.", "Raw availability = (up + degraded) / the time that is known, maintenance included. By the SLA, maintenance is left out. Times are the seconds in each state as the program counted them, not made of samples."}
	AvailabilityUnknownNote = Text{"Khi hệ thống giám sát không đo được, thời gian đó là chưa xác định: không tính là hoạt động, cũng không tính là mất kết nối.", "Time in which the monitor could not measure is unknown: neither up nor down."}
	AvailabilityCauseNote   = Text{"Nguyên nhân suy từ các mục tiêu khác cùng lúc: từ ba điểm trở lên của một nhà cung cấp cùng mất trong hai phút là do nhà cung cấp; mọi mục tiêu của một điểm cùng mất là do điểm đó (điện hoặc đường duy nhất). Cột «tính một lần» gộp các lần trùng thời gian.", "Causes are told by what else failed: lines of one provider at three sites or more within two minutes are the provider's; all targets of a site are the site's (power, or its only line). What overlaps is counted once in the columns that say so."}
	AvailabilityCreditNote  = Text{"Tiền giảm trừ tính theo tỷ lệ: giá tháng × thời gian vượt / 730 giờ; hợp đồng có thể quy định khác.", "Credit is in proportion: the month's price × the time over / 730 hours; the contract may say otherwise."}
)

// Columns of the availability report.
var (
	AvTarget   = Text{"Mục tiêu", "Target"}
	AvTargets  = Text{"Số mục tiêu", "Targets"}
	AvGroup    = Text{"Nhà cung cấp / địa điểm", "Provider / site"}
	AvRaw      = Text{"Độ khả dụng thực tế", "Raw"}
	AvAgreed   = Text{"Độ khả dụng theo SLA", "By the SLA"}
	AvPromised = Text{"Cam kết", "Promised"}
	AvOver     = Text{"Vượt mức cho phép", "Over the budget"}
	AvCredit   = Text{"Giảm trừ", "Credit due"}
	AvOutages  = Text{"Số lần", "Outages"}
	AvShared   = Text{"Mất chung một nguyên nhân (tính một lần)", "Down by one cause (counted once)"}
	AvUnion    = Text{"Mất ít nhất một (tính một lần)", "At least one down (counted once)"}
	AvFrom     = Text{"Từ", "From"}
	AvTo       = Text{"Đến", "To"}
	AvLength   = Text{"Thời gian", "Length"}
	AvCause    = Text{"Nguyên nhân", "Cause"}
	AvStill    = Text{"chưa khôi phục", "still down"}
	AvBefore   = Text{"trước kỳ báo cáo", "before the period"}
)

// Causes are those of outages, by their ids in the arithmetic.
func Causes() map[string]Text {
	return map[string]Text{
		"own":      {"riêng mục tiêu này", "this target alone"},
		"provider": {"sự cố chung của nhà cung cấp", "the provider, at several sites"},
		"site":     {"cả điểm: mất điện hoặc đường duy nhất", "the whole site: power, or its only line"},
		"line":     {"đường truyền của điểm đó", "the line of its site"},
	}
}

// The equipment report.
var (
	EquipmentTitle = Text{"Báo cáo thiết bị", "Equipment"}
	EquipmentPlan  = Text{"Cần thay thế hoặc kiểm tra", "To replace or to look at"}
	EquipmentAll   = Text{"Mọi thiết bị", "All equipment"}

	EquipmentSummary  = Text{"%d thiết bị: %d đã hết hỗ trợ, %d sắp hết hỗ trợ, %d khởi động lại nhiều lần, %d khác với danh mục.", "%d devices: %d out of support, %d soon to be, %d that restart often, %d that differ from the inventory."}
	EquipmentRuleNote = Text{"Thay thế: thiết bị hết hỗ trợ của hãng thay trong quý này; thiết bị hết hỗ trợ trong %d tháng tới thay trước quý hết hỗ trợ. Thiết bị khởi động lại từ ba lần trong kỳ cần tìm nguyên nhân.", "To replace: what is out of support, in this quarter; what will be within %d months, by the end of its support. What restarted three times or more in the period needs a look."}
	EquipmentSaidNote = Text{"«Thiết bị báo» là điều thiết bị tự khai qua SNMP lần cuối trong kỳ; tô đỏ khi khác với danh mục. CPU (của bộ xử lý bận nhất) và bộ nhớ: P95 trong kỳ, nếu thiết bị có báo.", "“It says” is what the equipment told over SNMP last in the period; red where that differs from the inventory. CPU (of the busiest processor) and memory: the P95 of the period, where the device tells."}

	EqQuarter    = Text{"Quý", "Quarter"}
	EqName       = Text{"Thiết bị", "Device"}
	EqModel      = Text{"Kiểu (danh mục)", "Model (inventory)"}
	EqSaidModel  = Text{"Kiểu (thiết bị báo)", "Model (it says)"}
	EqSerial     = Text{"Số sê-ri (danh mục)", "Serial (inventory)"}
	EqSaidSerial = Text{"Số sê-ri (thiết bị báo)", "Serial (it says)"}
	EqSoftware   = Text{"Phần mềm", "Software"}
	EqAge        = Text{"Số năm dùng", "Years"}
	EqSupport    = Text{"Hết hỗ trợ", "End of support"}
	EqReboots    = Text{"Khởi động lại", "Restarts"}
	EqErrors     = Text{"Gói lỗi", "Bad packets"}
	EqCPU        = Text{"CPU", "CPU"}
	EqMemory     = Text{"Bộ nhớ", "Memory"}
	EqWhy        = Text{"Lý do", "Why"}
)

// EquipmentAdvices are the findings about equipment, by their ids in the arithmetic.
func EquipmentAdvices() map[string]Text {
	return map[string]Text{
		"expired":  {"Thay thế: hãng đã hết hỗ trợ", "Replace it: its support has ended"},
		"ending":   {"Thay thế trước khi hãng hết hỗ trợ", "Replace it before its support ends"},
		"unsteady": {"Kiểm tra: khởi động lại nhiều lần", "Look at it: it restarts again and again"},
		"differs":  {"Khác với danh mục: kiểm tra và sửa danh mục", "It differs from the inventory: look, and correct that"},
		"keep":     {"Giữ nguyên", "Keep"},
	}
}

// The report on meetings.
var (
	MeetingTitle   = Text{"Tình hình cuộc họp trực tuyến", "Record of an online conference"}
	MeetingSummary = Text{"%s: bắt đầu %s, kéo dài %s, %d điểm cầu, %d điểm cầu bị ảnh hưởng. Thời gian của mọi điểm cầu: tốt %s, suy giảm %s, mất %s, chưa xác định %s.",
		"%s: started %s, lasted %s, %d rooms, %d rooms affected. The time of all rooms: good %s, degraded %s, lost %s, unknown %s."}
	MeetingsTitle   = Text{"Báo cáo các cuộc họp trực tuyến", "Online conferences"}
	MeetingsHeld    = Text{"Các cuộc họp", "Meetings"}
	MeetingsRooms   = Text{"Từng điểm cầu", "Each room"}
	MeetingsWorst   = Text{"Những lúc xấu nhất", "The worst moments"}
	MeetingsSummary = Text{"%d cuộc họp đã kết thúc trong kỳ.", "%d meetings ended in the period."}
	MeetingsNote    = Text{"Mỗi phút của cuộc họp được xếp: tốt; suy giảm (điểm cầu suy giảm, hoặc chất lượng hình kém); mất (điểm cầu mất kết nối); hoặc chưa xác định (không đo được, bảo trì). Tên cuộc họp chỉ được ghi khi có yêu cầu.",
		"Each minute of a meeting is good; degraded (the room works badly, or video would be poor); lost (the room is down); or unknown (not measured, maintenance). Titles are written only if asked for."}

	MtStart    = Text{"Bắt đầu", "Start"}
	MtMeeting  = Text{"Cuộc họp", "Meeting"}
	MtRooms    = Text{"Số điểm cầu", "Rooms"}
	MtRoom     = Text{"Điểm cầu", "Room"}
	MtGood     = Text{"Tốt", "Good"}
	MtDegraded = Text{"Suy giảm", "Degraded"}
	MtLost     = Text{"Mất", "Lost"}
	MtUnknown  = Text{"Chưa xác định", "Unknown"}
	MtAffected = Text{"Điểm cầu bị ảnh hưởng", "Rooms affected"}
	MtWhat     = Text{"Tình trạng", "What"}
)
