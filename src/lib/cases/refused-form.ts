/** Maximum characters of a report or message, in `caseInput` and `messageInput`. */
export const LONGEST_BODY = 4000;

/**
 * Whether the server would certainly refuse this form of a report or message, for its text or the reporter's details.
 * The browser then sends it without its photos.
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
