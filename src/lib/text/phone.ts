/**
 * An Indonesian mobile number in groups, so that the same number looks the same in every place: `0812-3456-7890`. Other
 * numbers stay as they were typed.
 */
export function groupedPhone(phone: string): string {
	const mobile = /^(\+62|0)(8\d{2})(\d{4})(\d{2,5})$/.exec(phone.replace(/[\s.()-]/g, ''));
	return mobile ? `${mobile[1] === '0' ? '0' : '+62 '}${mobile.slice(2).join('-')}` : phone;
}
