package main

import "time"

// sizes says how much is measured. The full sizes are those of the figures to
// reach; the quick ones only show that the harness works.
type sizes struct {
	warmup time.Duration // before a window, for connections, heaps and caches to settle
	window time.Duration // one measured window; twice a scrape interval
	// pingWarmup is the same for pings each second: after a minute of them wanwatch
	// knows the quality of calls, and has more series.
	pingWarmup time.Duration

	pingSmall  int // beside fping and smokeping_prober
	pingMedium int // fping stops before this
	pingLarge  int

	scrapeTargets int
	scrapes       int
	peerTargets   int // of which smokeping_prober is scraped
	peerScrapes   int
	scrapeWindow  time.Duration // in which scrapes are spread, and of each window without any
	seldom        time.Duration // from ping to ping, where a scrape's processor time is compared

	storeTargets int           // pinged each second, of 68 series each
	storeWindow  time.Duration // a multiple of the 30 s of most rules

	interfaces int           // of the device
	watched    int           // of them named in the inventory
	devices    int           // polled each interval
	interval   time.Duration // of these polls
	polls      int           // by snmp_exporter, for its mean

	rooms      int           // by ping, SIP and H.323
	roomWindow time.Duration // a multiple of their interval

	accuracy int // pings of each of the targets behind the simulated network

	country       string        // the plan of the simulated network
	countryWindow time.Duration // in which it is watched

	inventory int // targets
	reloads   int

	reportSites       int // of two lines each, of which reports are made
	reportDays        int
	reportCountry     int
	reportCountryDays int
}

func fullSizes() sizes {
	return sizes{
		warmup: 10 * time.Second, window: 30 * time.Second, pingWarmup: 70 * time.Second,
		pingSmall: 3_000, pingMedium: 10_000, pingLarge: 50_000,
		scrapeTargets: 10_000, scrapes: 10, peerTargets: 1_000, peerScrapes: 60,
		scrapeWindow: 30 * time.Second, seldom: 30 * time.Second,
		storeTargets: 1_470, storeWindow: 2 * time.Minute,
		interfaces: 300, watched: 10, devices: 1_000, interval: 30 * time.Second, polls: 20,
		rooms: 3_321, roomWindow: time.Minute,
		accuracy: 100, country: "national", countryWindow: 5 * time.Minute, inventory: 20_000, reloads: 5,
		reportSites: 250, reportDays: 365, reportCountry: 3_321, reportCountryDays: 396,
	}
}

func quickSizes() sizes {
	return sizes{
		warmup: 2 * time.Second, window: 4 * time.Second, pingWarmup: 2 * time.Second,
		pingSmall: 100, pingMedium: 200, pingLarge: 500,
		scrapeTargets: 200, scrapes: 3, peerTargets: 100, peerScrapes: 6,
		scrapeWindow: 3 * time.Second, seldom: 5 * time.Second,
		storeTargets: 100, storeWindow: 5 * time.Second,
		interfaces: 300, watched: 10, devices: 20, interval: 5 * time.Second, polls: 2,
		rooms: 50, roomWindow: 3 * time.Second,
		accuracy: 15, country: "city", countryWindow: 5 * time.Second, inventory: 1_000, reloads: 2,
		reportSites: 5, reportDays: 60, reportCountry: 10, reportCountryDays: 60,
	}
}
