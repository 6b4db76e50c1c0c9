import { email as emailInput, phone as phoneInput, type CaseInput } from '#lib/cases/schema.ts';
import { decryptText, encryptText, keyedHex } from '#lib/server/keys.ts';
import { wordsIn } from '#lib/text/marked.ts';
import { internationalPhone } from '#lib/text/phone.ts';
import type { CaseRow } from './find.ts';

/** Name and contact of the reporter. Missing values are null. */
export interface Reporter {
	name: string | null;
	email: string | null;
	phone: string | null;
}

/** A reporter as a form, a conversation or a stored report gives one. */
export interface GivenReporter {
	identity: CaseInput['identity'];
	reporter?: Partial<Reporter>;
}

/**
 * The columns of the reporter: the encrypted data, a keyed hash that recognises the same person, and the keyed hashes
 * for the search of a named reporter. null for identity `none`.
 */
export async function reporterColumns(input: GivenReporter) {
	if (input.identity === 'none' || !input.reporter)
		return { reporterSealed: null, reporterHash: null, reporterWords: null };
	const { name, email, phone } = input.reporter;
	const reporter: Reporter = { name: name ?? null, email: email ?? null, phone: phone ?? null };
	const contact = phone ?? email;
	return {
		reporterSealed: await encryptText(JSON.stringify(reporter)),
		reporterHash: contact ? contactHash(contact) : null,
		reporterWords: input.identity === 'named' ? reporterMarks(reporter) : null
	};
}

/** Keyed hash that recognises a phone number in any spelling, an e-mail address or the user id of a messenger. */
export function contactHash(contact: string): string {
	const { data } = phoneInput.safeParse(contact);
	return keyedHex('identity', data ? national(data) : contact.trim().toLowerCase());
}

/** Whether one of the phone numbers and e-mail addresses is one that the reporter of the case gave. */
export async function isContactOf(
	{ reporterSealed }: Pick<CaseRow, 'reporterSealed'>,
	...contacts: readonly (string | undefined)[]
): Promise<boolean> {
	const hashes = contacts.flatMap((one) => (one ? contactHash(one) : []));
	const known = await decryptReporter(reporterSealed);
	return [known?.phone, known?.email].some((one) => one && hashes.includes(contactHash(one)));
}

/** Marks of the search document. The database without `APP_KEY` does not tell which value one stands for. */
const mark = (value: string) => `#n${keyedHex('reporter-search', value).slice(0, 32)}`;

/** Marks of a person's name and contact for the search. */
export function reporterMarks({ name, email, phone }: Reporter): string[] {
	const contacts = [phone, email].flatMap((value) => contactMark(value ?? '') ?? []);
	return [...wordsIn(name ?? '').map((word) => nameMark(word)), ...contacts];
}

/** The mark of a word of a name. */
export const nameMark = (word: string): string => mark(word.normalize('NFKC').toLowerCase());

/** The mark of a phone number or e-mail address in any spelling; undefined for other text. */
export function contactMark(text: string): string | undefined {
	const { data } = phoneInput.safeParse(text);
	if (data) return mark(national(data));
	const address = text.trim().toLowerCase();
	return emailInput.safeParse(address).success ? mark(address) : undefined;
}

/** Normalises a phone number as the hashes have it: Indonesian ones begin with 0. */
const national = (phone: string): string => internationalPhone(phone).replace(/^62/, '0');

export async function decryptReporter(sealed: string | null): Promise<Reporter | null> {
	return sealed ? (JSON.parse(await decryptText(sealed)) as Reporter) : null;
}

/** Whether the case has a phone number or e-mail address of its reporter. A name can be stored without either. */
export async function hasContact({ reporterSealed }: Pick<CaseRow, 'reporterSealed'>): Promise<boolean> {
	const known = await decryptReporter(reporterSealed);
	return Boolean(known?.phone || known?.email);
}

/** The last digits of a phone number, by which its owner recognises it. */
export const maskedPhone = (phone: string): string => `***${phone.slice(-4)}`;

/**
 * What reporters read of their own name and phone number on the report's page: the whole name, and the last digits of
 * the number. null if neither is stored. The address of their e-mails is shown beside it (`reporterMails`).
 */
export async function recognisableReporter({ reporterSealed }: Pick<CaseRow, 'reporterSealed'>) {
	const known = await decryptReporter(reporterSealed);
	return [known?.name, known?.phone && maskedPhone(known.phone)].filter(Boolean).join(' · ') || null;
}

/**
 * The reporter, if openly named. Compare what staff type only with this one: with a withheld name, a hit would confirm a
 * guess.
 */
export const decryptIfNamed = ({
	identity,
	reporterSealed
}: Pick<CaseRow, 'identity' | 'reporterSealed'>): Promise<Reporter | null> =>
	decryptReporter(identity === 'named' ? reporterSealed : null);
