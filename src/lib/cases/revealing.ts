const words = (text: string): string[] =>
	text
		.toLocaleLowerCase('id')
		.split(/[^\p{L}\p{N}]+/u)
		.filter(Boolean);
const digits = (text: string): string => text.replace(/\D/g, '');

/**
 * What of a report and its reporter a text holds that somebody named in the report must not learn: its number (also by
 * its last six digits), the reporter's e-mail, phone, or a part of the name of four letters or more. Undefined if it
 * holds none of these.
 */
export function revealing(
	text: string,
	reference: string,
	reporter: { name: string | null; email: string | null; phone: string | null } | null
): string | undefined {
	if (text.includes(reference.slice(-6))) return reference;
	if (!reporter) return undefined;
	const { name, email, phone } = reporter;
	if (email && text.toLowerCase().includes(email.toLowerCase())) return email;
	// The last eight digits: 0812…, 62812… and +62812… are one phone.
	if (phone && digits(text).includes(digits(phone).slice(-8))) return phone;
	const spoken = new Set(words(text));
	return words(name ?? '').find((part) => part.length >= 4 && spoken.has(part));
}
