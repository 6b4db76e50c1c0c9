import { institutionNamed, STATUS_NAMES, type StoredReport } from './records.ts';

const WIB_MS = 7 * 3_600_000;

/** `d-m-Y H:i:s` in WIB. */
const wib = (iso: string) =>
	new Date(Date.parse(iso) + WIB_MS).toISOString().replace(/^(\d+)-(\d+)-(\d+)T([\d:]+).*/, '$3-$2-$1 $4');

const statusCode = (name: string) => STATUS_NAMES.findIndex((known) => known === name) + 1;

/** A report as `detail` answers it. */
export const detailOf = (report: StoredReport) => ({
	status: 200,
	results: {
		data: {
			id: report.id,
			status_code: statusCode(report.statusName),
			status_name: report.statusName,
			disposition_id: report.dispositionId,
			disposition_name: institutionNamed(report.dispositionId).name,
			status_logs: report.statusLogs.map(({ note, at }) => ({ note, timestamp: wib(at) }))
		},
		data_logs: report.dataLogs.map(({ content, from, to, at }) => ({
			content,
			institution_from: from,
			institution_to: to,
			date: wib(at)
		}))
	}
});

const named = (name: string | null) => (name === null ? null : { name });

/** The follow-ups of a report, oldest first. */
export const followupsOf = (report: StoredReport) => ({
	status: 200,
	results: {
		data: report.followups.map((followup) => ({
			id: followup.id,
			content: followup.content,
			institution_from_name: followup.institutionFrom,
			institution_to_name: followup.institutionTo,
			created_at: wib(followup.at),
			attachments: followup.attachments,
			status_old: named(followup.statusOld),
			status_new: named(followup.statusNew)
		}))
	}
});
