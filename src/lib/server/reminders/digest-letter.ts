import { formatDate } from '#lib/calendar/format.ts';
import { momentInWords } from '#lib/server/channels/letter-words.ts';
import { type DigestFacts, forwardingParts, forwardingSubject } from '#lib/server/escalation/digest.ts';
import { DUE_GROUPS, type DueGroup, type DueList, type UnitDue } from './digest-cases.ts';

export interface DigestReader {
	name: string;
	/** The zone of the reader's office. */
	zone: string;
	at: Date;
	/** The site's address, without a slash at the end. */
	origin: string;
}

/** All that a morning's letter may tell. */
export interface MorningFacts {
	due: readonly UnitDue[];
	forwarding: DigestFacts;
	/** Years whose decree of holidays is missed. */
	decreesMissed: readonly number[];
}

const TITLES: Record<DueGroup, string> = {
	overdue: 'Terlambat',
	today: 'Jatuh tempo hari ini',
	soon: 'Segera jatuh tempo'
};
const INBOX = '/desk';

/**
 * The morning's letter, or undefined if there is nothing to tell. It holds references, states and counts: no name of
 * a reporter, no word of a report, none of LAPOR's own. A missing decree is told beside other things and is no reason
 * for a letter: its administrators have a notice of their own.
 */
export function digestLetter(facts: MorningFacts, reader: DigestReader): { subject: string; body: string } | undefined {
	const { due, forwarding, decreesMissed } = facts;
	const forwarded = forwardingParts(forwarding, reader);
	if (due.length === 0 && forwarded.length === 0) return undefined;
	const body = [
		`Yth. ${reader.name},`,
		`Keadaan pada ${momentInWords(reader.at, reader.zone)}, untuk laporan yang dapat Anda lihat.`,
		...(due.length > 0 ? [`BATAS WAKTU\n${reader.origin}${INBOX}`, ...due.map(unitPart)] : []),
		...(forwarded.length > 0 ? ['PENERUSAN KE SP4N-LAPOR!', ...forwarded] : []),
		...decreesMissed.map(
			(year) => `SKB libur ${year} belum dimuat: batas waktu yang sampai ke tahun itu masih sementara.`
		),
		CLOSING
	];
	return {
		subject: `${subjectOf(facts)} (${formatDate(reader.at, reader.zone, 'id')})`,
		body: `${body.join('\n\n')}\n`
	};
}

const CLOSING = `--
Surat ini dibuat otomatis dan tidak perlu dibalas. Isi laporan dan data pelapor tidak dimuat di sini; buka tautannya dan masuk dengan akun Anda.
In English: deadlines that are over, due today or soon, and the state of the reports forwarded to SP4N-LAPOR!. Follow a link and sign in to read more.`;

/** What is gravest: a stopped connection holds up every office, then what is late, due today, waits at LAPOR, comes soon. */
function subjectOf({ due, forwarding }: MorningFacts): string {
	const owed = (group: DueGroup) => due.reduce((sum, { groups }) => sum + (groups[group]?.count ?? 0), 0);
	const forwarded = forwardingSubject(forwarding);
	if (forwarding.halt && forwarded) return forwarded;
	if (owed('overdue') > 0) return `${owed('overdue')} laporan terlambat`;
	if (owed('today') > 0) return `${owed('today')} laporan jatuh tempo hari ini`;
	return forwarded ?? `${owed('soon')} laporan segera jatuh tempo`;
}

function unitPart({ name, zone, groups }: UnitDue): string {
	const lists = DUE_GROUPS.flatMap((group) => {
		const list = groups[group];
		return list ? listLines(group, list, zone) : [];
	});
	return [name, ...lists].join('\n');
}

function listLines(group: DueGroup, { count, rows }: DueList, zone: string): string[] {
	const more = count - rows.length;
	return [
		`${TITLES[group]}: ${count}`,
		...rows.map(({ reference, dueAt }) => `- ${reference}: ${momentInWords(dueAt, zone)}`),
		...(more > 0 ? [`- dan ${more} lainnya`] : [])
	];
}
