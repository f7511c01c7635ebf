package metric

// All returns every metric of the catalog, in the order of the documentation.
func All() []*Desc {
	return []*Desc{
		TargetInfo, TargetUp, TargetState, TargetChanges, TargetSeconds, TargetMaintenance,
		ProbeSuccess, ProbeDuration, ProbeAttempts, ProbeFailures,
		PingSent, PingReceived, PingLost, PingLate, PingDuplicates, PingCorrupt, PingUnreachable,
		PingRTT, PingJitter, PingLossBurst, PingReplyTTL,
		InterfaceReceiveBytes, InterfaceTransmitBytes, InterfaceReceivePackets, InterfaceTransmitPackets,
		InterfaceReceiveErrors, InterfaceTransmitErrors, InterfaceReceiveDiscards, InterfaceTransmitDiscards,
		InterfaceResets, InterfaceUp, InterfaceAdminUp, InterfaceSpeed, InterfaceLastChange, InterfaceInfo,
		DeviceBootTime, DeviceReboots, DeviceInfo, DeviceCPU, DeviceMemory, SNMPRequests, SNMPTruncated, SNMPResolves,
		EquipmentPart, EquipmentCalls, EquipmentCallLoss, EquipmentCallJitter, EquipmentCallLatency,
		TCPConnect, TLSHandshake, CertificateExpiry,
		Resent, Foreign, Registered, SIPStatus,
		HTTPStatus, HTTPPhase, HTTPVersion, HTTPBody, DNSResponse, DNSRecords, DNSAuthenticated,
		StampSent, StampReceived, StampLost, StampDuplicates, StampReordered, StampRTT, StampLossBurst,
		StampJitter, StampVariation, StampOneWay, StampDSCP, StampRemarked, StampTTL, StampStateful,
		QualityR, QualityMOS, QualityLate, QualityBurst, QualityVerdict,
		TraceHops, TraceHopRTT, TraceChanges, TracePathMTU,
		LinkBandwidth, ContractInfo, ContractEnd, ContractCost, ContractLeadTime,
		SLAAvailability, SLARTT, SLAJitter, SLALoss, SLARepair,
		EndpointCallBandwidth, DevicePurchased, DeviceEndOfSupport, MeetingActive, MeetingNext,
		BuildInfo, AgentInfo, ReloadSuccessful, ReloadSuccessTime, Targets, Jobs, ScheduleLag, Skipped, ClockSynchronized, ClockMaxError, ScrapeDuration,
		PingSendLag, PingSendErrors, PingSocketDrops, PingStalled, PingForeign, PingReceiveDelay,
		StampReflected, StampRefused, MeetingReadiness, ReportFailed, ReportSuccessTime,
		StoreSamples, StoreAppendErrors, StoreLastAppend, StoreSeries, StoreSize, StoreFree, RuleEvaluations, RuleFailures, RuleDuration,
	}
}
