// What the dashboards must be, by Grafana's own types of today and of 9.4.
import type * as now from "@grafana/schema";
import type * as nine from "@grafana/schema-9";
import type { Plain } from "./plain";
import type { Options as NowBars } from "@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen";
import type { FieldConfig as NowHeatField, Options as NowHeat } from "@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen";
import type { Options as NowStat } from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type { FieldConfig as NowStatesField, Options as NowStates } from "@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen";
import type { FieldConfig as NowTableField, Options as NowTable } from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type { FieldConfig as NowSeriesField, Options as NowSeries } from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

// A dashboard of today. The target of an annotation is any query of its data source,
// as that of a panel; the package forgets to say so.
export type Dashboard = Plain<Partial<Omit<now.Dashboard, "annotations">>> & {
  annotations?: { list?: (Plain<Omit<now.AnnotationQuery, "target">> & { target?: Record<string, unknown>; expr?: string })[] };
};

// The package of 9.4 describes whole dashboards too loosely and too strictly (its
// thresholds know no null, its variables no choice of all), but the parts below well.
// What it lacks of a panel's options is written out as Grafana 9.4 reads it.
export interface Options {
  timeseries: Plain<Partial<NowSeries>>;
  stat: Plain<Partial<NowStat>>;
  table: Plain<Partial<NowTable>>;
  bargauge: Plain<Partial<NowBars>>;
  heatmap: Plain<Partial<NowHeat>> & { tooltip?: { show?: boolean } }; // 9.4 reads show
  "state-timeline": Plain<Partial<NowStates>>;
}
export interface Fields {
  timeseries: Plain<Partial<NowSeriesField>>;
  table: Plain<Partial<NowTableField>>;
  heatmap: Plain<Partial<NowHeatField>>;
  "state-timeline": Plain<Partial<NowStatesField>>;
  stat: Record<string, never>;
  bargauge: Record<string, never>;
}
// Of 9.4: what has types of its own there. Its panels take no further keys.
export interface NineOptions {
  timeseries: Plain<Partial<nine.OptionsWithLegend & nine.OptionsWithTooltip>>;
  stat: Plain<Partial<nine.SingleStatBaseOptions>> & { colorMode?: Plain<nine.BigValueColorMode>; graphMode?: Plain<nine.BigValueGraphMode>; justifyMode?: Plain<nine.BigValueJustifyMode>; textMode?: Plain<nine.BigValueTextMode> };
  bargauge: Plain<Partial<nine.SingleStatBaseOptions>> & { displayMode?: Plain<nine.BarGaugeDisplayMode>; showUnfilled?: boolean; minVizWidth?: number; minVizHeight?: number };
  "state-timeline": Plain<Partial<nine.OptionsWithLegend & nine.OptionsWithTooltip>> & { showValue?: Plain<nine.VisibilityMode>; rowHeight?: number; mergeValues?: boolean; alignValue?: "center" | "left" | "right" };
}
export interface NineFields {
  timeseries: Plain<Partial<nine.GraphFieldConfig>>;
  table: Plain<Partial<nine.TableFieldOptions>>;
  "state-timeline": Plain<Partial<nine.HideableFieldConfig>> & { lineWidth?: number; fillOpacity?: number };
}
