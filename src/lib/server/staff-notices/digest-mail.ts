import { formatDate, formatDateTime } from '#lib/calendar/format.ts';
import type { Finding } from '#lib/server/health/finding.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import { type DigestFacts, forwardingParts, forwardingSubject } from '#lib/server/escalation/digest-facts.ts';

/** Urgency of a case's earliest deadline, most urgent first. */
export const DUE_GROUPS = ['overdue', 'today', 'soon'] as const;
export type DueGroup = (typeof DUE_GROUPS)[number];

/**
 * One unit's cases of one group: their count, and the most urgent. `title`: title or first words, null while processing is
 * restricted. The signed-in page shows it, the e-mail never does.
 */
interface DueList {
	count: number;
	rows: { reference: string; title: string | null; dueAt: Date }[];
}

export interface UnitDue {
	name: string;
	zone: string;
	groups: Partial<Record<DueGroup, DueList>>;
}

interface DigestReader {
	name: string;
	/** Time zone of the reader's office. */
	zone: string;
	at: Date;
	/** The site's address, without a slash at the end. */
	origin: string;
}

/** Content of the digest. */
export interface MorningFacts {
	/** Drafts that wait for the reader's decision. */
	drafts: number;
	due: readonly UnitDue[];
	forwarding: DigestFacts;
	/** Years without a holiday decree. */
	decreesMissed: readonly number[];
	/** Requests about personal data that the reader decides. */
	requests: { waiting: number; overdue: number };
	/** Incoming messages that wait for a decision. */
	messages: number;
	/** The connections of offices that the reader supervises or administers. */
	channels: readonly Finding[];
	/** Whether the reader administers one of these connections. Only administrators may open the page of channels. */
	administers: boolean;
}

const TITLES: Record<DueGroup, string> = {
	overdue: 'Terlambat',
	today: 'Jatuh tempo hari ini',
	soon: 'Segera jatuh tempo'
};

/**
 * Writes the digest. Undefined if there is nothing to report. It contains report numbers, states and counts, and no
 * text of reporters, reports or LAPOR. No digest is written for a missing decree alone, because administrators get a
 * notice of it.
 */
export function composeDigestMail(
	facts: MorningFacts,
	reader: DigestReader
): { subject: string; body: string } | undefined {
	const { drafts, due, forwarding, decreesMissed, requests, messages } = facts;
	const forwarded = inLocale('id', () => forwardingParts(forwarding, reader));
	const channels = facts.channels.flatMap((one) => channelLine(one, reader));
	const channelPage = reader.origin + (facts.administers ? '/admin/channels' : '/desk/messages');
	if (drafts + due.length + forwarded.length + requests.waiting + messages + channels.length === 0) return undefined;
	const paragraphs = [
		`Yth. ${reader.name},`,
		`Keadaan pada ${formatDateTime(reader.at, reader.zone, 'id')}, untuk laporan yang dapat Anda lihat.`,
		...(drafts > 0 ? [`MENUNGGU KEPUTUSAN ANDA: ${drafts}\n${reader.origin}/desk/approvals`] : []),
		...(due.length > 0 ? [`BATAS WAKTU\n${reader.origin}/desk`, ...due.map((unit) => unitPart(unit, reader))] : []),
		...(messages > 0 ? [`PESAN MASUK\n${reader.origin}/desk/messages\nMenunggu diputuskan: ${messages}`] : []),
		...(requests.waiting > 0 ? [requestsPart(requests, reader.origin)] : []),
		...(channels.length > 0 ? [['GANGGUAN KANAL', channelPage, ...channels].join('\n')] : []),
		...(forwarded.length > 0 ? ['PENERUSAN KE SP4N-LAPOR!', ...forwarded] : []),
		...decreesMissed.map(
			(year) => `SKB libur ${year} belum dimuat: batas waktu yang sampai ke tahun itu masih sementara.`
		),
		CLOSING
	];
	const subject = `${subjectOf(facts, channels.length)} (${formatDate(reader.at, reader.zone, 'id')})`;
	return { subject, body: `${paragraphs.join('\n\n')}\n` };
}

const CLOSING = `--
E-mail ini dibuat otomatis dan tidak perlu dibalas. Isi laporan dan data pelapor tidak dimuat di sini; buka tautannya dan masuk dengan akun Anda.
In English: answers and incoming messages that wait for a decision, deadlines that are over, due today or soon, the state of the reports forwarded to SP4N-LAPOR!, and trouble of a channel. Follow a link and sign in to read more.`;

/**
 * The subject is about the most serious matter: a halted connection, then cases overdue, cases due today, overdue requests
 * about personal data, drafts to decide, forwards to LAPOR, channels in trouble, cases due soon, incoming messages, and waiting
 * requests.
 */
function subjectOf({ drafts, due, forwarding, requests, messages }: MorningFacts, channels: number): string {
	const count = (group: DueGroup) => due.reduce((sum, { groups }) => sum + (groups[group]?.count ?? 0), 0);
	const forwarded = forwardingSubject(forwarding);
	if (forwarding.halt && forwarded) return forwarded;
	if (count('overdue') > 0) return `${count('overdue')} laporan terlambat`;
	if (count('today') > 0) return `${count('today')} laporan jatuh tempo hari ini`;
	if (requests.overdue > 0) return `${requests.overdue} permintaan data pribadi terlambat`;
	if (drafts > 0) return `${drafts} rancangan menunggu keputusan Anda`;
	if (forwarded) return forwarded;
	if (channels > 0) return `${channels} gangguan kanal`;
	if (count('soon') > 0) return `${count('soon')} laporan segera jatuh tempo`;
	if (messages > 0) return `${messages} pesan masuk menunggu`;
	return `${requests.waiting} permintaan data pribadi menunggu`;
}

const requestsPart = ({ waiting, overdue }: MorningFacts['requests'], origin: string) =>
	[`PERMINTAAN DATA PRIBADI\n${origin}/admin/privacy/requests`, `Menunggu: ${waiting}`, `Terlambat: ${overdue}`].join(
		'\n'
	);

/** A trouble of a connection, in one line. */
function channelLine({ code, data = {} }: Finding, { zone }: DigestReader): string[] {
	const since = data.at instanceof Date ? formatDateTime(data.at, zone, 'id') : '';
	const words: Record<string, string> = {
		channel_failed: `tidak berfungsi sejak ${since}`,
		channel_behind: `pesan belum diproses sejak ${since}`,
		channel_unknown: `${data.count} pesan tidak sampai atau belum pasti sampai`
	};
	return words[code] ? [`- ${data.address}: ${words[code]}`] : [];
}

function unitPart({ name, zone, groups }: UnitDue, { origin }: DigestReader): string {
	const lines = DUE_GROUPS.flatMap((group) => {
		const { count = 0, rows = [] } = groups[group] ?? {};
		const more = count - rows.length;
		return [
			...(count > 0 ? [`${TITLES[group]}: ${count}`] : []),
			...rows.map(
				({ reference, dueAt }) =>
					`- ${reference}: ${formatDateTime(dueAt, zone, 'id')}\n${origin}/desk/cases/${reference}`
			),
			...(more > 0 ? [`- dan ${more} lainnya`] : [])
		];
	});
	return [name, ...lines].join('\n');
}
