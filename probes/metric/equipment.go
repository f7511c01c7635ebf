package metric

// Conference equipment, as its SNMP profile says.
var (
	EquipmentPart = &Desc{Name: "wanwatch_equipment_part_working", Type: Gauge, Scope: Target,
		Help: "1 if a part of the equipment works, 0 if it has failed; absent if it is switched off, not there, or does not tell.", Labels: []string{"part"}}
	EquipmentCalls = &Desc{Name: "wanwatch_equipment_calls", Type: Gauge, Scope: Target,
		Help: "Calls that are on."}
	EquipmentCallLoss = &Desc{Name: "wanwatch_equipment_call_loss_ratio", Type: Gauge, Scope: Target,
		Help: "Share of packets lost in a call, by the equipment's own count, from 0 to 1; of several calls the worst; absent if none is on.", Labels: []string{"direction"}}
	EquipmentCallJitter = &Desc{Name: "wanwatch_equipment_call_jitter_seconds", Type: Gauge, Scope: Target,
		Help: "Jitter of a call, by the equipment's own count; of several calls the worst; absent if none is on.", Labels: []string{"direction"}}
	EquipmentCallLatency = &Desc{Name: "wanwatch_equipment_call_latency_seconds", Type: Gauge, Scope: Target,
		Help: "Delay of a call, by the equipment's own count; of several calls the worst; absent if none is on.", Labels: []string{"direction"}}
)
