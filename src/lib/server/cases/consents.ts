import { m } from '#lib/paraglide/messages.js';
import type { Locale } from '#lib/paraglide/runtime.js';
import type { CaseInput } from '#lib/cases/schema.ts';
import type { Tx } from '#lib/server/db/index.ts';
import { recordConsents, type Consent } from '#lib/server/people/consents.ts';
import type { CaseRow } from './find.ts';
import { updateCase } from './move.ts';
import { setMailStopped } from './mail-preference.ts';

/** Where the person gave the consent: on the citizens' form, to staff who recorded it, or in another system. */
export type AskedBy = 'form' | 'staff' | 'api';

/** The words with which each form asks. */
const WORDS = {
	reporter_mail: { form: m.mail_email_hint, staff: m.privacy_mail_words_staff, api: m.privacy_words_api },
	lapor_identity: { form: m.citizen_identity_consent, staff: m.desk_new_consent, api: m.privacy_words_api },
	publication: {
		form: (_: object, language: { locale: Locale }) =>
			`${m.citizen_secret_legend({}, language)} ${m.citizen_secret_yes({}, language)}`,
		staff: (_: object, language: { locale: Locale }) =>
			`${m.desk_fact_public({}, language)}: ${m.desk_public_yes({}, language)}`,
		api: m.privacy_words_api
	}
};

type Kind = keyof typeof WORDS;

/** Records consents that the reporter gave. */
export const recordGiven = (
	tx: Tx,
	caseId: number,
	kinds: readonly Kind[],
	{ askedBy, language, recordedBy }: { askedBy: AskedBy; language: Locale; recordedBy: string | null }
): Promise<void> =>
	recordConsents(
		tx,
		kinds.map((kind) => {
			const words = WORDS[kind][askedBy]({}, { locale: language });
			return { caseId, kind, given: true, words, language, recordedBy };
		})
	);

/** What the reporter allows by the input of a form. An e-mail address allows e-mails. */
export const consentsIn = ({ identity, reporter, consent_lapor, secret }: CaseInput): Kind[] => [
	...(identity !== 'none' && reporter?.email ? (['reporter_mail'] as const) : []),
	...(consent_lapor ? (['lapor_identity'] as const) : []),
	...(secret ? [] : (['publication'] as const))
];

/**
 * Withdraws a reporter's consents in the caller's transaction: e-mails stop, and a forward that was not sent yet is sent
 * without the identity and as a secret report. What was already sent cannot be taken back. Consents that were not given
 * are left out. The caller writes the timeline entry.
 * @param row the locked case
 * @param asked the words by which the person asked, their language, and the account that recorded it (null: the reporter)
 * @returns the changed case
 */
export async function withdrawReporterConsents(
	tx: Tx,
	row: CaseRow,
	kinds: readonly Kind[],
	asked: Pick<Consent, 'words' | 'language' | 'recordedBy'>
): Promise<CaseRow> {
	const withdrawn: Kind[] = [];
	if (kinds.includes('reporter_mail') && (await setMailStopped(tx, row.id, true))) withdrawn.push('reporter_mail');
	if (kinds.includes('lapor_identity') && row.consentLapor) withdrawn.push('lapor_identity');
	if (kinds.includes('publication') && !row.secret) withdrawn.push('publication');
	const all = withdrawn.map((kind) => ({ caseId: row.id, kind, given: false, ...asked }));
	await recordConsents(tx, all);
	const changes = {
		...(withdrawn.includes('lapor_identity') && { consentLapor: false }),
		...(withdrawn.includes('publication') && { secret: true })
	};
	return Object.keys(changes).length > 0 ? updateCase(tx, row, changes) : row;
}
