package texts

// PanelText are the words of a panel or of a whole dashboard: its title, and what it
// shows and how to read it.
type PanelText struct{ Title, About Text }

// Dashboards of Grafana.
var (
	BoardOverview = PanelText{Text{"Tổng quan", "Overview"},
		Text{"Điều gì đang sai, ở đâu.", "What is wrong now, and where."}}
	BoardLines = PanelText{Text{"Đường truyền và đường Internet", "Links and uplinks"},
		Text{"Trạng thái, mất gói, độ trễ, lưu lượng của từng đường so với hợp đồng.", "State, loss, delay and throughput of each line, beside its contract."}}
	BoardEndpoints = PanelText{Text{"Điểm cầu", "Conference endpoints"},
		Text{"Từng điểm cầu có liên lạc được không, từng phép thử, chất lượng, lịch họp.", "Whether each endpoint can be reached, each probe, quality, meetings."}}
	BoardSite = PanelText{Text{"Địa điểm", "Site"},
		Text{"Mọi thứ tại một địa điểm.", "Everything at one site."}}
	BoardCapacity = PanelText{Text{"Dung lượng và kế hoạch nâng cấp", "Capacity and upgrade planning"},
		Text{"Đường nào cần nâng cấp, khi nào, chi phí bao nhiêu.", "Which lines need an upgrade, when, and what they cost."}}
	BoardAvailability = PanelText{Text{"Độ sẵn sàng", "Availability"},
		Text{"Độ sẵn sàng của từng mục tiêu và nhà cung cấp so với SLA. Bảo trì và thời gian không đo được tính riêng.", "Availability of each target and provider against its SLA. Maintenance, and time in which nothing could be measured, count apart."}}
	BoardMonitor = PanelText{Text{"Tình trạng hệ thống giám sát", "Monitor health"},
		Text{"Chính hệ thống giám sát có đo đúng, lưu đủ và báo kịp không.", "Whether the monitor itself measures right, keeps everything and tells in time."}}
)

// Rows of panels.
var (
	RowQuality    = Text{"Chất lượng", "Quality"}
	RowTraffic    = Text{"Lưu lượng", "Traffic"}
	RowDetails    = Text{"Chi tiết", "Details"}
	RowTrend      = Text{"Xu hướng", "Trend"}
	RowContracts  = Text{"Hợp đồng và thiết bị", "Contracts and equipment"}
	RowEndpoints  = Text{"Điểm cầu", "Conference endpoints"}
	RowMonths     = Text{"Theo thời gian", "Over time"}
	RowProbing    = Text{"Đo", "Probing"}
	RowHistory    = Text{"Lưu trữ", "History"}
	RowRules      = Text{"Quy tắc", "Rules"}
	RowProgram    = Text{"Chương trình", "The program"}
	BoardsLink    = Text{"Các bảng khác", "Other dashboards"}
	LinkToSite    = Text{"Xem địa điểm", "Open the site"}
	LinkToTarget  = Text{"Xem mục tiêu", "Open the target"}
	AnnotMeetings = Text{"Cuộc họp", "Meetings"}
	NothingWrong  = Text{"● không có gì", "● nothing"}
	FolderName    = Text{"Giám sát mạng", "wanwatch"}
)

// Variables of dashboards.
var (
	VarSource   = Text{"Nguồn dữ liệu", "Data source"}
	VarProvider = Text{"Nhà cung cấp", "Provider"}
	VarSite     = Text{"Địa điểm", "Site"}
	VarKind     = Text{"Loại", "Kind"}
	VarTarget   = Text{"Mục tiêu", "Target"}
)

// Columns and series.
var (
	ColName           = Text{"Tên", "Name"}
	ColState          = Text{"Trạng thái", "State"}
	ColTargets        = Text{"Mục tiêu", "Targets"}
	ColDown24         = Text{"Mất, 24 giờ", "Down, 24 h"}
	ColChanges        = Text{"Lần đổi, 24 giờ", "Changes, 24 h"}
	ColLoss           = Text{"Mất gói", "Loss"}
	ColRTT95          = Text{"Độ trễ P95", "Delay P95"}
	ColJitter         = Text{"Biến thiên trễ", "Jitter"}
	ColTowards        = Text{"Chiều xuống", "Down"}
	ColFrom           = Text{"Chiều lên", "Up"}
	ColContracted     = Text{"Hợp đồng", "Contract"}
	ColWeek           = Text{"P95 tuần", "P95, week"}
	ColBusyHour       = Text{"Giờ cao điểm", "Busy hour"}
	ColGrowth         = Text{"Tăng/30 ngày", "Growth, 30 days"}
	ColDate80         = Text{"Chạm 80 %", "Reaches 80 %"}
	ColAtDelivery     = Text{"Lúc giao hàng", "At delivery"}
	ColCost           = Text{"Chi phí/tháng", "Cost a month"}
	ColCostMbit       = Text{"Chi phí/Mbit/s", "Cost a Mbit/s"}
	ColCurrency       = Text{"Tiền tệ", "Currency"}
	ColEnd            = Text{"Hết hợp đồng", "Contract ends"}
	ColLeadTime       = Text{"Thời gian cung cấp", "Lead time"}
	ColCalls          = Text{"Còn đủ cho số cuộc gọi", "Further calls"}
	ColAvailable      = Text{"Độ sẵn sàng", "Availability"}
	ColSLA            = Text{"SLA", "SLA"}
	ColLeft           = Text{"Còn được phép mất", "Outage still allowed"}
	ColAlert          = Text{"Cảnh báo", "Alert"}
	ColSeverity       = Text{"Mức độ", "Severity"}
	ColNext           = Text{"Cuộc họp tới", "Next meeting"}
	ColCall           = Text{"Một cuộc gọi", "One call"}
	ColCertEnd        = Text{"Chứng thư hết hạn", "Certificate ends"}
	ColPurchased      = Text{"Mua ngày", "Purchased"}
	ColSupport        = Text{"Hết hỗ trợ", "Support ends"}
	ColRating         = Text{"Hệ số R", "R factor"}
	ColVersion        = Text{"Phiên bản", "Version"}
	ColMean           = Text{"trung bình", "mean"}
	UnitMinutes       = Text{"phút", "min"}
	UnitDays          = Text{"ngày", "days"}
	WordYes           = Text{"● đạt", "● yes"}
	WordNo            = Text{"✕ lỗi", "✕ no"}
	WordRegistered    = Text{"● đã đăng ký", "● registered"}
	WordThisHour      = Text{"giờ này", "this hour"}
	WordBusyHour      = Text{"giờ cao điểm", "busy hour"}
	WordNotRegistered = Text{"✕ chưa đăng ký", "✕ not registered"}
	WordGood          = Text{"● tốt", "● good"}
	WordFair          = Text{"▲ tạm được", "▲ fair"}
	WordPoor          = Text{"✕ kém", "✕ poor"}
	WordMeeting       = Text{"■ đang họp", "■ in a meeting"}
	WordFree          = Text{"không họp", "no meeting"}
	WordCritical      = Text{"✕ nghiêm trọng", "✕ critical"}
	WordWarning       = Text{"▲ cảnh báo", "▲ warning"}
	WordInfo          = Text{"● thông tin", "● info"}
)

// Panels on states.
var (
	PanelStates = PanelText{Text{"Mục tiêu theo trạng thái", "Targets by state"},
		Text{"Bao nhiêu mục tiêu đang ở mỗi trạng thái.", "How many targets are in each state now."}}
	PanelWrong = PanelText{Text{"Đang có sự cố", "Wrong now"},
		Text{"Mục tiêu mất kết nối hoặc suy giảm. Bảo trì không tính ở đây. Bấm vào tên để xem địa điểm.", "Targets that are down or degraded. Those in maintenance are not here. A name leads to its site."}}
	PanelSites = PanelText{Text{"Theo địa điểm", "By site"},
		Text{"Số mục tiêu ở mỗi trạng thái tại từng địa điểm, nơi nhiều sự cố nhất đứng đầu.", "How many targets of each site are in which state; most trouble first."}}
	PanelAlerts = PanelText{Text{"Cảnh báo đang mở", "Open alerts"},
		Text{"Cảnh báo mà các quy tắc đang đưa ra, kể cả cảnh báo bị ẩn sau cảnh báo khác.", "The alerts that rules raise now, those hidden behind others included."}}
	PanelHistory = PanelText{Text{"Trạng thái theo thời gian", "States over time"},
		Text{"Số mục tiêu ở mỗi trạng thái.", "How many targets were in each state."}}
	PanelLossWorst = PanelText{Text{"Mất gói nhiều nhất", "Most packets lost"},
		Text{"Mười mục tiêu mất gói nhiều nhất trong 5 phút qua. Họp trực tuyến cần dưới 1 %.", "The ten targets that lost most in the last five minutes. Conferences want less than 1 %."}}
	PanelTimeline = PanelText{Text{"Trạng thái", "State"},
		Text{"Trạng thái của từng mục tiêu. Chỗ trống: không có chương trình nào đo.", "The state of each target. Where nothing is drawn, no program was measuring."}}
)

// Panels on quality and traffic.
var (
	PanelLoss = PanelText{Text{"Mất gói", "Packet loss"},
		Text{"Tỷ lệ gói mất trong 5 phút. Trên 1 % họp trực tuyến bị ảnh hưởng, trên 5 % không dùng được.", "The share of packets lost, over five minutes. Above 1 % conferences suffer, above 5 % they fail."}}
	PanelRTT = PanelText{Text{"Độ trễ khứ hồi P95", "Round-trip time, P95"},
		Text{"Độ trễ mà 95 trên 100 gói không vượt quá, trong 5 phút. Dưới 100 ms là tốt, trên 250 ms là kém.", "The round-trip time that 95 of 100 packets keep, over five minutes. Below 100 ms is good, above 250 ms bad."}}
	PanelRTTHeat = PanelText{Text{"Phân bố độ trễ", "Spread of delay"},
		Text{"Số gói theo độ trễ khứ hồi, của mọi mục tiêu được chọn.", "How many packets took how long for a round trip, of all chosen targets."}}
	PanelRTTShares = PanelText{Text{"Độ trễ: P50, P95, P99", "Delay: P50, P95, P99"},
		Text{"Độ trễ mà 50, 95 và 99 trên 100 gói không vượt quá, của mọi mục tiêu được chọn.", "The round-trip times that 50, 95 and 99 of 100 packets keep, of all chosen targets."}}
	PanelJitter = PanelText{Text{"Độ biến thiên trễ", "Jitter"},
		Text{"Biến thiên trễ trung bình 5 phút (RFC 3550). Họp trực tuyến cần dưới 30 ms.", "Mean interarrival jitter of five minutes (RFC 3550). Conferences want less than 30 ms."}}
	PanelTowards = PanelText{Text{"Lưu lượng chiều xuống", "Traffic towards the site"},
		Text{"Lưu lượng về phía địa điểm, bit mỗi giây; nét đứt là băng thông hợp đồng.", "Traffic towards the site in bits a second; dashed: what the contract grants."}}
	PanelFrom = PanelText{Text{"Lưu lượng chiều lên", "Traffic from the site"},
		Text{"Lưu lượng từ địa điểm đi, bit mỗi giây; nét đứt là băng thông hợp đồng.", "Traffic away from the site in bits a second; dashed: what the contract grants."}}
	PanelUse = PanelText{Text{"Mức sử dụng hợp đồng", "Share of the contract in use"},
		Text{"Lưu lượng chia cho băng thông hợp đồng, mỗi chiều, trung bình 5 phút.", "Throughput divided by the contracted bandwidth, each direction, over five minutes."}}
	PanelErrors = PanelText{Text{"Gói lỗi trên giao diện", "Bad packets at interfaces"},
		Text{"Gói lỗi hoặc bị bỏ mỗi giây, do thiết bị đếm.", "Packets with errors or discarded a second, as the devices count them."}}
	PanelLinesTable = PanelText{Text{"Từng đường truyền", "Line by line"},
		Text{"Giá trị hiện tại của từng đường; P95 tuần là chiều đầy hơn.", "The present values of each line; the week's P95 is of the fuller direction."}}
)

// Panels on conference endpoints.
var (
	PanelMeetings = PanelText{Text{"Cuộc họp", "Meetings"},
		Text{"Khi nào điểm cầu có cuộc họp theo lịch.", "When the endpoint has a planned meeting."}}
	PanelProbes = PanelText{Text{"Từng phép thử", "Each probe"},
		Text{"Kết quả của từng phép thử tới từng điểm cầu.", "What each probe of each endpoint found."}}
	PanelRegistered = PanelText{Text{"Đăng ký với máy chủ hội nghị", "Registration"},
		Text{"Gatekeeper hoặc máy chủ SIP có biết điểm cầu không; chưa đăng ký thì không gọi được.", "Whether the gatekeeper or the SIP server knows the endpoint; it cannot be called unless it does."}}
	PanelVerdict = PanelText{Text{"Chất lượng cho hình ảnh 720p", "Quality for video, 720p"},
		Text{"Mạng có đủ tốt cho hình ảnh 720p không, theo mất gói, độ trễ và biến động trễ (docs/quality.md).", "Whether the network is good enough for video of 720 lines, by loss, delay and jitter (docs/quality.md)."}}
	PanelFailures = PanelText{Text{"Lý do thất bại", "Why probes failed"},
		Text{"Số phép thử thất bại theo lý do, trong mỗi bước của biểu đồ.", "Failed probes by reason, within each step of the chart."}}
	PanelRating = PanelText{Text{"Chất lượng tiếng nói ước tính (R)", "Estimated quality of speech (R)"},
		Text{"Hệ số R theo ITU-T G.107 rút gọn cho G.711, chỉ tính mạng: từ 80 là tốt, dưới 70 nhiều người không hài lòng. Không nói gì về hình ảnh.", "R factor after ITU-T G.107, simplified, for G.711, of the network alone: 80 and more is good, below 70 many are dissatisfied. It says nothing of video."}}
	PanelEndpointsTable = PanelText{Text{"Từng điểm cầu", "Endpoint by endpoint"},
		Text{"Trạng thái, chất lượng, cuộc họp tới và chứng thư của từng điểm cầu.", "State, quality, next meeting and certificate of each endpoint."}}
)

// Panels of a site.
var (
	PanelSiteTable = PanelText{Text{"Mọi mục tiêu", "All targets"},
		Text{"Đường truyền, điểm cầu và thiết bị tại địa điểm.", "Links, endpoints and devices of the site."}}
	PanelCalls = PanelText{Text{"Còn đủ cho số cuộc gọi", "Further calls that fit"},
		Text{"Số cuộc gọi nữa mà đường truyền chịu được ngoài lưu lượng trong giờ này, trong giờ cao điểm của tuần và P95 của tuần, theo băng thông cuộc gọi lớn nhất tại địa điểm.", "How many further calls fit beside the traffic of this hour, of the week's busy hour and of its P95, each as large as the largest of the site."}}
	PanelSiteContracts = PanelText{Text{"Hợp đồng", "Contracts"},
		Text{"Băng thông, chi phí, SLA và ngày hết hạn của các đường tại địa điểm.", "Bandwidth, cost, SLA and end of the contracts of the site's lines."}}
	PanelEquipment = PanelText{Text{"Thiết bị", "Equipment"},
		Text{"Ngày mua và ngày hết hỗ trợ của hãng, thiết bị hết hỗ trợ sớm nhất đứng đầu.", "Dates of purchase and of the end of the maker's support; the first to end stands first."}}
)

// Panels on capacity.
var (
	PanelUpgrade = PanelText{Text{"Đường cần nâng cấp, gấp nhất đứng đầu", "Lines by urgency"},
		Text{"P95 tuần theo mẫu 5 phút, chiều đầy hơn. Từ 70 % theo dõi, 80 % đề xuất, 90 % khẩn cấp. Ngày chạm 80 % theo xu hướng 30 ngày; trống: không tăng, đã vượt hoặc còn trên ba năm.", "The week's P95 of five-minute samples, the fuller direction. From 70 % watch, 80 % propose, 90 % urgent. The date of 80 % follows the trend of 30 days; empty: no growth, passed already, or more than three years away."}}
	PanelWeek = PanelText{Text{"P95 tuần so với hợp đồng", "The week's P95 against the contract"},
		Text{"95 trên 100 mẫu 5 phút của tuần không vượt quá mức này.", "What 95 of 100 samples of five minutes of the week stay below."}}
	PanelWeeks = PanelText{Text{"P95 tuần theo thời gian", "The week's P95 over time"},
		Text{"P95 của bảy ngày trước đó, chiều đầy hơn; ngưỡng 70, 80 và 90 %.", "P95 of the seven days before, the fuller direction; thresholds at 70, 80 and 90 %."}}
	PanelGrowth = PanelText{Text{"Tốc độ tăng", "Growth"},
		Text{"P95 tuần tăng bao nhiêu phần hợp đồng trong 30 ngày, theo xu hướng 30 ngày; cần ít nhất 20 ngày dữ liệu.", "What share of the contract the week's P95 gains in 30 days, by the trend of 30 days; it takes 20 days at least."}}
	PanelCost = PanelText{Text{"Chi phí mỗi tháng theo nhà cung cấp", "Cost a month by provider"},
		Text{"Tổng chi phí hằng tháng của các hợp đồng, theo loại tiền.", "Monthly cost of all contracts, by currency."}}
	PanelEnds = PanelText{Text{"Hợp đồng sắp hết hạn", "Contracts by their end"},
		Text{"Hợp đồng hết hạn sớm nhất đứng đầu.", "The first to end stands first."}}
)

// Panels on availability.
var (
	PanelAvailable = PanelText{Text{"Độ sẵn sàng chung", "Availability of all"},
		Text{"Phần thời gian hoạt động, không tính bảo trì và thời gian không đo được, của mọi mục tiêu được chọn.", "The share of the time up, without maintenance and without what could not be measured, of all chosen targets."}}
	PanelBelowSLA = PanelText{Text{"Dưới SLA", "Below the SLA"},
		Text{"Số đường không đạt độ sẵn sàng đã cam kết trong khoảng thời gian đang xem.", "Lines that keep less availability than promised, in the time shown."}}
	PanelProviders = PanelText{Text{"Theo nhà cung cấp", "By provider"},
		Text{"Độ sẵn sàng của các đường của từng nhà cung cấp.", "Availability of the lines of each provider."}}
	PanelAvailableTable = PanelText{Text{"Từng mục tiêu", "Target by target"},
		Text{"Độ sẵn sàng so với SLA trong khoảng thời gian đang xem (mặc định: tháng này). Thời gian còn được phép mất tính cho cả tháng, hoặc cả khoảng nếu dài hơn; số âm: đã vượt.", "Availability against the SLA in the time shown (this month unless changed). The outage still allowed is that of a whole month, or of the time shown if that is longer; negative: used up."}}
	PanelMonths = PanelText{Text{"Theo tháng và nhà cung cấp", "By month and provider"},
		Text{"Mỗi điểm là một tháng, ghi ở ngày đầu tháng; ngày tính theo UTC. Tháng này tính đến nay.", "Each point is a month, at its first day; days are those of UTC. This month counts so far."}}
	PanelMonthsTarget = PanelText{Text{"Theo tháng và mục tiêu", "By month and target"},
		Text{"Như trên, cho từng mục tiêu.", "The same, for each target."}}
)

// Panels on the monitor itself.
var (
	PanelReload = PanelText{Text{"Danh mục đã nạp", "Inventory in force"},
		Text{"Lần nạp danh mục gần nhất có thành công không. Nếu lỗi, bản trước vẫn được dùng.", "Whether the last load of the inventory succeeded. If not, the one before stays in force."}}
	PanelBlind = PanelText{Text{"Không biết gì về", "Nothing is known of"},
		Text{"Phần mục tiêu ở trạng thái chưa xác định.", "The share of targets whose state is unknown."}}
	PanelKinds = PanelText{Text{"Mục tiêu theo loại", "Targets by kind"},
		Text{"Số mục tiêu mà chương trình đo.", "How many targets the program probes."}}
	PanelJobs = PanelText{Text{"Phép thử theo loại", "Probes by kind"},
		Text{"Số phép thử đang chạy.", "How many probes run."}}
	PanelVersion = PanelText{Text{"Phiên bản", "Version"},
		Text{"Phiên bản của chương trình.", "The program's version."}}
	PanelLate = PanelText{Text{"Gửi trễ (P99)", "Sent late (P99)"},
		Text{"99 trên 100 gói hoặc yêu cầu được gửi không trễ hơn mức này so với kế hoạch.", "99 of 100 packets and requests were sent no later than this after their time."}}
	PanelQueue = PanelText{Text{"Chờ trong nhân và trả lời /metrics (P99)", "Kernel queue and answers to /metrics (P99)"},
		Text{"Gói trả lời chờ trong nhân hệ điều hành bao lâu trước khi được đọc, và /metrics trả lời mất bao lâu.", "How long answers waited in the kernel before they were read, and how long answers to /metrics took."}}
	PanelLost = PanelText{Text{"Bị bỏ sót", "Missed by the monitor"},
		Text{"Trong mỗi bước của biểu đồ: phép thử bị bỏ, gói trả lời bị nhân bỏ, gói không gửi được, giây bị dừng. Bình thường đều bằng 0.", "Within each step of the chart: probes skipped, answers dropped by the kernel, packets not sent, seconds stalled. All are 0 normally."}}
	PanelSamples = PanelText{Text{"Mẫu lưu mỗi giây", "Samples kept a second"},
		Text{"Số mẫu đưa vào lịch sử.", "Samples taken into the history."}}
	PanelSeries = PanelText{Text{"Chuỗi đang lưu", "Series"},
		Text{"Số chuỗi có mẫu trong vài giờ qua.", "Series that got samples in the last hours."}}
	PanelDisk = PanelText{Text{"Dung lượng đĩa", "Disk"},
		Text{"Lịch sử chiếm bao nhiêu và đĩa còn trống bao nhiêu.", "What the history takes, and what is left on its disk."}}
	PanelAge = PanelText{Text{"Tuổi của mẫu mới nhất", "Age of the newest samples"},
		Text{"Bình thường dưới 15 giây; lớn hơn một phút là lịch sử không được ghi.", "Below 15 seconds normally; above a minute nothing is being kept."}}
	PanelStoreErrors = PanelText{Text{"Lỗi lưu trữ và quy tắc", "Errors of history and rules"},
		Text{"Số lần không ghi được mẫu, và số quy tắc không tính được theo nhóm.", "Times at which samples could not be kept, and rules that failed, by their group."}}
	PanelRules = PanelText{Text{"Thời gian tính quy tắc", "Time that rules take"},
		Text{"Lần tính gần nhất của mỗi nhóm quy tắc mất bao lâu.", "How long the last evaluation of each group of rules took."}}
	PanelCPU = PanelText{Text{"CPU", "CPU"},
		Text{"Số lõi mà chương trình dùng.", "Cores that the program uses."}}
	PanelMemory = PanelText{Text{"Bộ nhớ", "Memory"},
		Text{"Bộ nhớ thường trú của chương trình.", "Resident memory of the program."}}
	PanelGoroutines = PanelText{Text{"Goroutine", "Goroutines"},
		Text{"Số goroutine; tăng mãi là có lỗi.", "Goroutines; if they grow for ever something is wrong."}}
)

// Series of the monitor's panels.
var (
	SeriesSend       = Text{"ping", "ping"}
	SeriesQueue      = Text{"chờ trong nhân", "kernel queue"}
	SeriesScrape     = Text{"/metrics", "/metrics"}
	SeriesSkipped    = Text{"phép thử bị bỏ", "skipped"}
	SeriesDropped    = Text{"gói trả lời bị bỏ", "answers dropped"}
	SeriesSendErrors = Text{"không gửi được", "not sent"}
	SeriesStalled    = Text{"giây bị dừng", "seconds stalled"}
	SeriesSize       = Text{"lịch sử", "history"}
	SeriesFree       = Text{"còn trống", "free"}
	SeriesAppend     = Text{"không ghi được", "not kept"}
)
