import { and, desc, eq, inArray, isNotNull, isNull } from 'drizzle-orm';
import { formatDateTime } from '#lib/calendar/format.ts';
import { addressesInput, letterInput, LETTERS, type LetterTo } from '#lib/privacy/breach.ts';
import { m } from '#lib/paraglide/messages.js';
import { checked } from '#lib/server/checked.ts';
import { now } from '#lib/server/clock.ts';
import { db } from '#lib/server/db/index.ts';
import { accounts } from '#lib/server/db/schema/accounts.ts';
import { breachLetters, breachSubjects } from '#lib/server/db/schema/breaches.ts';
import { Conflict, NotFound, invalid } from '#lib/server/errors.ts';
import { logFailedWrite } from '#lib/server/db/free-space.ts';
import type { Actor } from '#lib/server/people/actor.ts';
import { recordChange } from '#lib/server/people/audit.ts';
import { siteSetting } from '#lib/server/people/site-setting.ts';
import { breachFor, changeBreach, momentIn } from './book.ts';
import { notifyAnonymous } from './notify-affected.ts';

const setting = siteSetting({
	key: 'breach_addresses',
	action: 'breach.rules_changed',
	form: addressesInput,
	// Suggestions until an administrator of a root unit stores others.
	defaults: {
		dpo: 'Pejabat Pelindungan Data Pribadi instansi',
		csirt: 'Tim Tanggap Insiden Siber (CSIRT) instansi',
		authority: 'Kementerian Komunikasi dan Digital\nJalan Medan Merdeka Barat Nomor 9, Jakarta Pusat 10110',
		source:
			'Lembaga menurut UU 27/2022 Pasal 58 belum dibentuk; untuk sementara tugasnya dijalankan Kementerian Komunikasi dan Digital.'
	}
});

/** The addressees of new letters, and the source of the authority's address. An edited letter keeps its own addressee. */
export const { read: breachAddresses, seen: seenOfBreachAddresses, change: changeBreachAddresses } = setting;

type Breach = Awaited<ReturnType<typeof breachFor>>;

/** The number of people affected in the sentence of a draft. */
const PEOPLE = /(?<=Orang yang terdampak sejauh diketahui: )(?:(?:sedikitnya )?\d[\d.]*|…)(?= orang)/;

/**
 * The draft of a letter in Indonesian, with what UU 27/2022 article 46 (2) asks for. A draft for an officer says "at least",
 * because the number leaves out reports that name the officer.
 */
function draft(to: LetterTo, { office, ...breach }: Breach, isOfficer: boolean): string {
	const words = { locale: 'id' } as const;
	const unknown = m.breach_unknown({}, words);
	const at = (moment: Date | null) => (moment ? formatDateTime(moment, office.timeZone, 'id') : unknown);
	const facts = {
		number: breach.formattedNumber,
		title: breach.title,
		what: breach.what,
		data: breach.dataKinds,
		found: breach.foundBy,
		known: at(breach.knownAt),
		from: at(breach.fromAt),
		to: at(breach.toAt),
		affected: isOfficer ? m.breach_at_least({ count: breach.affected }, words) : breach.affected,
		causes: breach.causes ?? unknown,
		measures: breach.measures ?? unknown,
		office: office.name,
		contact: [office.phone, office.whatsapp, office.email].filter(Boolean).join(', ') || unknown
	};
	return m[`breach_draft_${to}`](facts, words);
}

/**
 * The letters about a breach: what somebody edited or sent, otherwise a draft made from the present facts. Officers read no
 * number that somebody else wrote: the difference from the people whom they see would say how many reports name them.
 */
export async function lettersOf(actor: Actor, id: string) {
	const breach = await breachFor(actor, id);
	const addresses = await breachAddresses();
	const isOfficer = actor.officerId !== null;
	const stored = await db()
		.select({ letter: breachLetters, by: accounts.name })
		.from(breachLetters)
		.leftJoin(accounts, eq(accounts.id, breachLetters.sentBy))
		.where(eq(breachLetters.breachId, id));
	const letters = LETTERS.map((to) => {
		const { letter, by = null } = stored.find((one) => one.letter.to === to) ?? {};
		const { version = 0, sentAt = null, sentHow = null } = letter ?? {};
		const addressee = letter?.addressee ?? (to === 'people' ? m.breach_people({}, { locale: 'id' }) : addresses[to]);
		const written = isOfficer ? letter?.body.replace(PEOPLE, '…') : letter?.body;
		const body = written ?? draft(to, breach, isOfficer);
		const isHidden = written !== letter?.body;
		return { to, version, sentAt, sentHow, by, addressee, body, isHidden };
	});
	return { office: breach.office, formattedNumber: breach.formattedNumber, source: addresses.source, letters };
}

/** One letter, for its PDF. @throws NotFound */
export async function breachLetter(actor: Actor, id: string, to: string) {
	const { letters, ...about } = await lettersOf(actor, id);
	const letter = letters.find((one) => one.to === to);
	if (!letter) throw new NotFound(`letter ${to}`);
	return { ...about, ...letter };
}
export type BreachLetter = Awaited<ReturnType<typeof breachLetter>>;

/**
 * Stores the text of a letter, and with `sent` that a person sent it, when and how. The site itself sends no letter.
 * `sent` publishes the notice to the people: reporters read it on their tracking pages, and those without a contact
 * count as told. A sent letter does not change any more.
 * @throws as `changeBreach` · Conflict `stale` if the letter was changed or sent meanwhile · Invalid
 */
export async function saveLetter(actor: Actor, id: string, raw: unknown): Promise<void> {
	const { to, version, addressee, body: given, sent, ...input } = checked(letterInput, raw);
	await changeBreach(actor, id, async (tx, { unit, subject }) => {
		const published = sent !== undefined && to === 'people';
		const sentAt = published ? now() : input.sentAt ? momentIn(unit.timeZone, input.sentAt) : null;
		const sentHow = published ? 'page' : input.sentHow;
		if (sent !== undefined) {
			if (!sentAt) throw invalid('sentAt', 'date_invalid');
			if (sentAt > now()) throw invalid('sentAt', 'date_ahead');
			if (!sentHow) throw invalid('sentHow', 'text_missing');
		}
		const ofLetter = and(eq(breachLetters.breachId, id), eq(breachLetters.to, to));
		const [before] = await tx.select({ body: breachLetters.body }).from(breachLetters).where(ofLetter);
		// An officer returns the sentence without the number.
		const body = given.replace(PEOPLE, (number) => (number === '…' && PEOPLE.exec(before?.body ?? '')?.[0]) || number);
		const text = { addressee, body, version: version + 1 };
		const values = sent === undefined ? text : { ...text, sentAt, sentHow, sentBy: actor.accountId };
		const [written] = await tx
			.insert(breachLetters)
			.values({ breachId: id, to, ...values })
			.onConflictDoUpdate({
				target: [breachLetters.breachId, breachLetters.to],
				set: values,
				setWhere: and(eq(breachLetters.version, version), isNull(breachLetters.sentAt))
			})
			.returning();
		if (!written) throw new Conflict('stale');
		const told = published ? await notifyAnonymous(tx, actor, id) : undefined;
		const sentAction = published ? 'breach.notice_published' : 'breach.letter_sent';
		const action = sent === undefined ? 'breach.letter_edited' : sentAction;
		const after = sent === undefined ? { to } : { to, addressee, body, sentAt, sentHow, told };
		await recordChange(tx, actor, { unitId: unit.id, action, subject, after });
	});
}

/** Published notices about a case, newest first. */
export async function noticesAbout(caseId: number) {
	const notices = await db()
		.select({
			id: breachSubjects.id,
			seenAt: breachSubjects.seenAt,
			at: breachLetters.sentAt,
			body: breachLetters.body
		})
		.from(breachSubjects)
		.innerJoin(breachLetters, and(eq(breachLetters.breachId, breachSubjects.breachId), eq(breachLetters.to, 'people')))
		.where(and(eq(breachSubjects.caseId, caseId), isNotNull(breachLetters.sentAt)))
		.orderBy(desc(breachLetters.sentAt));
	return notices.flatMap(({ at, ...notice }) => (at ? [{ ...notice, at }] : []));
}

/** The notices for the reporter, who visits the tracking page. The first visit is recorded, or a later one if that fails. */
export async function noticesToReporter(caseId: number) {
	const notices = await noticesAbout(caseId);
	const unseen = notices.filter(({ seenAt }) => seenAt === null).map(({ id }) => id);
	if (unseen.length > 0) {
		const update = db().update(breachSubjects).set({ seenAt: now() }).where(inArray(breachSubjects.id, unseen));
		await update.catch(logFailedWrite('the first view of a notice was not stored'));
	}
	return notices.map(({ at, body }) => ({ at, body }));
}
