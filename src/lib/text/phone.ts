/**
 * The number that a telephone dials: of several numbers in one field, or before an extension, only the first.
 * `(0426) 21 000 / 21 001` gives `042621000`.
 */
export function dialledPhone(phone: string): string {
	return (/\+?[\d\s.()-]+/.exec(phone)?.[0] ?? '').replace(/[^\d+]/g, '');
}

/**
 * An Indonesian mobile number in groups, so that the same number looks the same in every place: `0812-3456-7890`. Other
 * numbers stay as they were typed.
 */
export function groupedPhone(phone: string): string {
	const mobile = /^(\+62|0)(8\d{2})(\d{4})(\d{2,5})$/.exec(phone.replace(/[\s.()-]/g, ''));
	return mobile ? `${mobile[1] === '0' ? '0' : '+62 '}${mobile.slice(2).join('-')}` : phone;
}
