/**
 * Copies a text. Browsers offer the clipboard only with TLS, and apps that show pages may refuse it. Then only the old
 * way is left: the browser copies what is selected.
 *
 * @param near stands beside the field that has the text for a moment; what is outside of an open dialog can't be selected
 * @returns whether the text was copied
 */
export async function copyText(text: string, near: Element): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		const before = document.activeElement;
		const field = document.createElement('textarea');
		field.value = text;
		// Else a phone would show its keyboard.
		field.readOnly = true;
		field.style.cssText = 'position: fixed; inset: 0 auto auto 0; opacity: 0';
		near.after(field);
		field.focus({ preventScroll: true });
		field.select();
		try {
			return document.execCommand('copy');
		} catch {
			return false;
		} finally {
			field.remove();
			(before as HTMLElement | null)?.focus({ preventScroll: true });
		}
	}
}
