-- Plans of what is written. A session plans the statements of a function once and keeps the plans. Those that were made
-- while the tables were small, on a new installation, would read whole tables until the next analyze; and the first five
-- calls of a session would each plan anew. Every table here is entered by an index.

alter function submit_seizure_report(jsonb) set plan_cache_mode to force_generic_plan;
alter function submit_seizure_report(jsonb) set enable_seqscan to off;
alter function amend_seizure_report(jsonb) set plan_cache_mode to force_generic_plan;
alter function amend_seizure_report(jsonb) set enable_seqscan to off;
alter function recall_seizure_report(jsonb) set plan_cache_mode to force_generic_plan;
alter function recall_seizure_report(jsonb) set enable_seqscan to off;
