import { createHash } from 'node:crypto';
import { at as valueAt, listAt } from '#lib/server/integrations/lapor/foreign-text.ts';
import { readDetail, readFollowups, type Followup } from '#lib/server/integrations/lapor/tracking.ts';

/** One thing LAPOR says of a report, with the row it stood in. */
export interface NewsItem {
	/** Its id there, or a hash of time and words where it has none: the same news comes with every answer. */
	key: string;
	kind: 'followup' | 'log';
	/** Undefined where LAPOR gave no time that can be read. */
	at: Date | undefined;
	content: string;
	author: string | undefined;
	statusName: string | undefined;
	remoteId: string | undefined;
	attachments: readonly { name: string; url?: string }[];
	raw: unknown;
}

/** What two answers of one poll say. */
export interface News {
	items: NewsItem[];
	/** The status the report has now, and the time of the newest word about it. */
	status: { name: string; at: Date | undefined; note: string; raw: unknown } | undefined;
}

const hash = (kind: string, at: Date | undefined, words: string) =>
	`${kind}:${createHash('sha256')
		.update(`${at?.toISOString() ?? ''}\n${words}`)
		.digest('hex')
		.slice(0, 32)}`;

/** Reads the answers of a poll; undefined where one of them isn't what it should be. */
export function collectNews(detailJson: unknown, followupsJson: unknown): News | undefined {
	const detail = readDetail(detailJson);
	const followups = readFollowups(followupsJson);
	if (!detail || !followups) return undefined;
	const rawFollowups = listAt(followupsJson, 'results', 'data');
	const rawLogs = listAt(detailJson, 'results', 'data', 'status_logs');
	const followupItems = followups.map((followup, index) => followupItem(followup, rawFollowups[index]));
	const statusLogs = detail.statusLogs.map((log, index) =>
		logItem(hash('s', log.at, log.note), log.at, log.note, undefined, rawLogs[index] ?? log)
	);
	const dataLogs = detail.dataLogs.map((log) =>
		logItem(hash('l', log.at, log.content), log.at, log.content, log.institutionFrom, log)
	);
	return {
		items: [...followupItems, ...statusLogs, ...dataLogs].filter(firstOfItsKey),
		status: detail.statusName
			? statusOf(detail.statusName, statusLogs, followupItems, valueAt(detailJson, 'results', 'data'))
			: undefined
	};
}

const firstOfItsKey = (item: NewsItem, index: number, all: readonly NewsItem[]) =>
	all.findIndex(({ key }) => key === item.key) === index;

function followupItem(followup: Followup, raw: unknown): NewsItem {
	const { id, at, content, institutionFrom, statusNew, attachments } = followup;
	return {
		key: id === undefined ? hash('f', at, content) : `f:${id}`,
		kind: 'followup',
		at,
		content,
		author: institutionFrom,
		statusName: statusNew,
		remoteId: id,
		// A path without a host can't be followed from here; the name still says that there is a file.
		attachments: attachments.map(({ path, fileName }) => ({
			name: fileName,
			...(/^https?:\/\//i.test(path) ? { url: path } : {})
		})),
		raw
	};
}

const logItem = (
	key: string,
	at: Date | undefined,
	content: string,
	author: string | undefined,
	raw: unknown
): NewsItem => ({
	key,
	kind: 'log',
	at,
	content,
	author,
	statusName: undefined,
	remoteId: undefined,
	attachments: [],
	raw
});

/** LAPOR gives the present status no time of its own: it is as new as the newest log or status-bearing follow-up. */
function statusOf(
	name: string,
	logs: readonly NewsItem[],
	followups: readonly NewsItem[],
	raw: unknown
): News['status'] {
	const dated = [...logs, ...followups.filter((item) => item.statusName !== undefined)].filter((item) => item.at);
	const newest = dated.reduce<NewsItem | undefined>(
		(best, item) => (best?.at && item.at && best.at > item.at ? best : item),
		undefined
	);
	const lastLog = logs.reduce<NewsItem | undefined>(
		(best, item) => (best?.at && item.at && best.at > item.at ? best : item),
		undefined
	);
	return { name, at: newest?.at, note: lastLog?.content ?? '', raw };
}
