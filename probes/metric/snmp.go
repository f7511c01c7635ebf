package metric

var interfaceLabels = []string{"device", "interface"}

// Interfaces. They belong to the link or uplink that the interface carries, or
// to the device itself.
var (
	InterfaceReceiveBytes = &Desc{Name: "wanwatch_interface_receive_bytes_total", Type: Counter, Scope: Target, Labels: interfaceLabels,
		Help: "Bytes received by the interface while it was watched; free of wraps, resets and renumbering."}
	InterfaceTransmitBytes = &Desc{Name: "wanwatch_interface_transmit_bytes_total", Type: Counter, Scope: Target, Labels: interfaceLabels,
		Help: "Bytes sent by the interface while it was watched; free of wraps, resets and renumbering."}
	InterfaceReceivePackets = &Desc{Name: "wanwatch_interface_receive_packets_total", Type: Counter, Scope: Target, Labels: interfaceLabels,
		Help: "Unicast packets received by the interface."}
	InterfaceTransmitPackets = &Desc{Name: "wanwatch_interface_transmit_packets_total", Type: Counter, Scope: Target, Labels: interfaceLabels,
		Help: "Unicast packets sent by the interface."}
	InterfaceReceiveErrors = &Desc{Name: "wanwatch_interface_receive_errors_total", Type: Counter, Scope: Target, Labels: interfaceLabels,
		Help: "Packets received with errors (ifInErrors)."}
	InterfaceTransmitErrors = &Desc{Name: "wanwatch_interface_transmit_errors_total", Type: Counter, Scope: Target, Labels: interfaceLabels,
		Help: "Packets not sent because of errors (ifOutErrors)."}
	InterfaceReceiveDiscards = &Desc{Name: "wanwatch_interface_receive_discards_total", Type: Counter, Scope: Target, Labels: interfaceLabels,
		Help: "Packets received without errors but dropped (ifInDiscards)."}
	InterfaceTransmitDiscards = &Desc{Name: "wanwatch_interface_transmit_discards_total", Type: Counter, Scope: Target, Labels: interfaceLabels,
		Help: "Packets dropped before sending (ifOutDiscards): usually a full queue."}
	InterfaceResets = &Desc{Name: "wanwatch_interface_resets_total", Type: Counter, Scope: Target, Labels: interfaceLabels,
		Help: "Times the device's counters started anew: a reboot, a discontinuity (ifCounterDiscontinuityTime), a renumbering that left doubt."}
	InterfaceUp = &Desc{Name: "wanwatch_interface_up", Type: Gauge, Scope: Target, Labels: interfaceLabels,
		Help: "1 if ifOperStatus is up, 0 if not."}
	InterfaceAdminUp = &Desc{Name: "wanwatch_interface_admin_up", Type: Gauge, Scope: Target, Labels: interfaceLabels,
		Help: "1 if ifAdminStatus is up, 0 if not."}
	InterfaceSpeed = &Desc{Name: "wanwatch_interface_speed_bytes_per_second", Type: Gauge, Scope: Target, Labels: interfaceLabels,
		Help: "What the device says of the interface's speed (ifHighSpeed, ifSpeed); the contract says what may be used."}
	InterfaceLastChange = &Desc{Name: "wanwatch_interface_last_change_timestamp_seconds", Type: Gauge, Scope: Target, Labels: interfaceLabels,
		Help: "Unix time at which the interface took its present state (ifLastChange)."}
	InterfaceInfo = &Desc{Name: "wanwatch_interface_info", Info: true, Key: 2, Type: Gauge, Scope: Target,
		Labels: []string{"device", "interface", "if_index", "if_name", "if_alias", "if_descr", "counter_bits"},
		Help:   "Always 1; how the device names the interface now."}
)

// Devices.
var (
	DeviceBootTime = &Desc{Name: "wanwatch_device_boot_timestamp_seconds", Type: Gauge, Scope: Target,
		Help: "Unix time of the device's last start, from snmpEngineTime where it can be had, else from sysUpTime (which wraps after 497 days)."}
	DeviceReboots = &Desc{Name: "wanwatch_device_reboots_total", Type: Counter, Scope: Target,
		Help: "Starts of the device seen while it was watched; a wrap of sysUpTime is none."}
	DeviceInfo = &Desc{Name: "wanwatch_device_info", Info: true, Type: Gauge, Scope: Target,
		Labels: []string{"sys_name", "sys_descr", "model", "serial", "software"},
		Help:   "Always 1; what the device says of itself (SNMPv2-MIB, ENTITY-MIB)."}
	DeviceCPU = &Desc{Name: "wanwatch_device_cpu_utilization_ratio", Type: Gauge, Scope: Target,
		Help: "Share of the device's busiest processor in use, from 0 to 1, over the last minutes (CISCO-PROCESS-MIB, HOST-RESOURCES-MIB)."}
	DeviceMemory = &Desc{Name: "wanwatch_device_memory_utilization_ratio", Type: Gauge, Scope: Target,
		Help: "Share of the device's memory in use, from 0 to 1, without buffers and caches where it tells of them (UCD-SNMP-MIB, CISCO-MEMORY-POOL-MIB, HOST-RESOURCES-MIB)."}
	SNMPRequests = &Desc{Name: "wanwatch_snmp_requests_total", Type: Counter, Scope: Probe,
		Help: "SNMP request packets sent to the device, repetitions included."}
	SNMPTruncated = &Desc{Name: "wanwatch_snmp_truncated_total", Type: Counter, Scope: Probe,
		Help: "Answers that the device cut short, so that something asked for is missing."}
	SNMPResolves = &Desc{Name: "wanwatch_snmp_interface_resolves_total", Type: Counter, Scope: Probe,
		Help: "Walks made to find the index of the interfaces that the inventory names."}
)
