import { createHash } from 'node:crypto';
import { now } from '#lib/server/clock.ts';
import type { ComplaintDetail, Followup, Log } from '#lib/server/integrations/lapor/tracking.ts';
import type { FollowupRow } from '../followups/followups.ts';

export interface NewsItem {
	/** Its id there, or a hash of time and text, because every answer repeats all items. */
	key: string;
	kind: 'followup' | 'log';
	at: Date | undefined;
	content: string;
	author: string | undefined;
	statusName: string | undefined;
	remoteId: string | undefined;
	attachments: readonly { name: string; url?: string }[];
	raw: unknown;
}

/** The present status of a report. The note is that of the newest log, which may be older than the status. */
export interface StatusSeen {
	name: string;
	at: Date | undefined;
	note: string;
	noteKey: string | undefined;
	raw: unknown;
}

export interface News {
	items: NewsItem[];
	status: StatusSeen | undefined;
}

/** Longer ids are stored as a hash and longer names are cut, because an index takes no texts of any length. */
const ID_CHARACTERS = 200;
const cut = (name: string) => name.slice(0, ID_CHARACTERS).toWellFormed();
const DAY_MS = 24 * 3_600_000;

/** Ignores times in the future, which are mistakes: after them no later status would count as newer. */
const sensible = (at: Date | undefined): Date | undefined =>
	at && at.getTime() > now().getTime() + DAY_MS ? undefined : at;

const hash = (kind: string, at: Date | undefined, words: string) =>
	`${kind}:${createHash('sha256')
		.update(`${at?.toISOString() ?? ''}\n${words}`)
		.digest('hex')
		.slice(0, 32)}`;

/**
 * Collects the news of a poll's two answers.
 *
 * @param baseUrl address of LAPOR's API, for file paths without a host
 */
export function collectNews(detail: ComplaintDetail, followups: readonly Followup[], baseUrl?: string): News {
	const said = followups.map((followup) => followupItem(followup, baseUrl));
	const statusLogs = detail.statusLogs.map((log) => logItem('s', log));
	const items = [...said, ...statusLogs, ...detail.dataLogs.map((log) => logItem('l', log))];
	return {
		items: items.filter(({ key }, index) => items.findIndex((item) => item.key === key) === index),
		status: detail.statusName ? statusOf(cut(detail.statusName), statusLogs, said, detail.raw) : undefined
	};
}

function followupItem(followup: Followup, baseUrl: string | undefined): NewsItem {
	const { id, at, content, author, statusNew, attachments, raw } = followup;
	return {
		key: id === undefined || id.length > ID_CHARACTERS ? hash('f', at, id ?? content) : `f:${id}`,
		kind: 'followup',
		at: sensible(at),
		content,
		author,
		statusName: statusNew === undefined ? undefined : cut(statusNew),
		remoteId: id,
		// Without a link, the name still says that there is a file.
		attachments: attachments.map(({ path, fileName }) => {
			const url = fileLink(path, baseUrl);
			return { name: fileName, ...(url ? { url } : {}) };
		}),
		raw
	};
}

const logItem = (prefix: 's' | 'l', { at, content, author, raw }: Log): NewsItem => ({
	key: hash(prefix, at, content),
	kind: 'log',
	at: sensible(at),
	content,
	author,
	statusName: undefined,
	remoteId: undefined,
	attachments: [],
	raw
});

/** A safe link: a whole http(s) address, or a path on the host of the API. */
export function fileLink(path: string, baseUrl: string | undefined): string | undefined {
	const whole = /^https?:\/\//i.test(path);
	if (!whole && !path.startsWith('/')) return undefined;
	const base = baseUrl && URL.canParse(baseUrl) ? new URL(baseUrl).origin : undefined;
	const parsed = URL.parse(path, base);
	if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
		return undefined;
	return whole || parsed.origin === base ? parsed.href : undefined;
}

/** LAPOR gives the present status no time: it is as new as the newest log or follow-up with a status. */
function statusOf(name: string, logs: readonly NewsItem[], followups: readonly NewsItem[], raw: unknown): StatusSeen {
	const moving = followups.filter((item) => item.statusName !== undefined);
	const log = latest(logs);
	return { name, at: latest([...logs, ...moving])?.at, note: log?.content ?? '', noteKey: log?.key, raw };
}

/** The newest item with a time; of two at one time the later in the list. */
const latest = (items: readonly NewsItem[]): NewsItem | undefined =>
	items
		.filter((item) => item.at)
		.sort((a, b) => Number(a.at) - Number(b.at))
		.at(-1);

/** Words of notes that a system wrote. */
const FILLERS =
	/\b(status|laporan|menjadi|diubah|mengubah|berubah|telah|sudah|ke|dari|oleh|admin|sistem|otomatis|sp4n|lapor)\b/g;
const SAYS_SOMETHING = 12;

/** Whether a note says more than its status; only then is it an institution's text. */
export function saysMoreThan(name: string, note: string): boolean {
	const words = note.toLowerCase().replaceAll(name.toLowerCase(), ' ').replace(FILLERS, ' ');
	return words.replace(/[^\p{L}\d]+/gu, '').length >= SAYS_SOMETHING;
}

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();

/**
 * Finds our own follow-ups among those of a report, by id, else by text, each of ours once. Of two with the same text, one that
 * is known to have arrived matches first.
 *
 * @param begun ours that may be at LAPOR
 */
export function ownAmong(items: readonly NewsItem[], begun: readonly FollowupRow[]): Map<NewsItem, FollowupRow> {
	const pairs = new Map<NewsItem, FollowupRow>();
	const followups = items.filter(({ kind }) => kind === 'followup');
	const left = new Set([...begun.filter(({ state }) => state === 'sent'), ...begun]);
	const pair = (item: NewsItem, isOwn: (own: FollowupRow) => boolean) => {
		const own = pairs.has(item) ? undefined : [...left].find(isOwn);
		if (!own) return;
		pairs.set(item, own);
		left.delete(own);
	};
	for (const item of followups) pair(item, ({ remoteId }) => remoteId !== null && remoteId === item.remoteId);
	for (const item of followups) pair(item, ({ content }) => squeezed(content) === squeezed(item.content));
	return pairs;
}
