/** Characters that `caseInput` and `messageInput` accept as the text of a report or message. */
export const LONGEST_BODY = 4000;

/**
 * Whether the site is certain to refuse a citizen's form of a report or message, by rules of its schema that the fields
 * don't state themselves. Then its photos need not travel.
 */
export function isCertainlyRefused(form: FormData): boolean {
	const textOf = (name: string) => String(form.get(name) ?? '').trim();
	// Older browsers count the end of a line as two characters.
	if (textOf('body').replace(/\r\n/g, '\n').length > LONGEST_BODY) return true;
	const identity = form.get('identity');
	if (identity === null) return false;
	const hasName = textOf('reporter.name') !== '';
	if (identity !== 'none') return !hasName;
	return hasName || form.has('consent_lapor') || textOf('reporter.phone') !== '' || textOf('reporter.email') !== '';
}
