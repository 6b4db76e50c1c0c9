import type { PhoneTexts } from '#lib/ui/form/unsent/phone-store.ts';

/** Fields that say who the reporter is. */
const isIdentity = (name: string) => name.startsWith('reporter.') || name === 'consent_lapor';

/** What a phone may store of a form: names and contacts only of reports with an open name. */
export function storableDraft(texts: PhoneTexts): PhoneTexts {
	const named = texts.identity?.[0] === 'named';
	return Object.fromEntries(Object.entries(texts).filter(([name]) => named || !isIdentity(name)));
}
