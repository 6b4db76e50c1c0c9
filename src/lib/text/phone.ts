/** What people and programs write between the digits of a phone number: spaces, dashes and invisible marks of all kinds. */
const SEPARATORS = /[\s\p{Pd}\p{Cf}\u2212./()]/gu;

/** A typed phone number without separators, in plain digits: `+62 (0)812‑3456` gives `+6208123456`. */
export const plainPhone = (phone: string): string => phone.normalize('NFKC').replace(SEPARATORS, '');

/**
 * The digits of a number with the code of its country. 0812…, 812…, 62812…, +62 (0)812… and 0062812… are the same
 * Indonesian number. Numbers of other countries need their plus or 00.
 */
export function internationalPhone(phone: string): string {
	const plain = plainPhone(phone).replace(/^00/, '+');
	const digits = plain.replace(/[^\d]/g, '');
	if (/^8\d{7,11}$/.test(plain)) return `62${digits}`;
	return digits.replace(/^(?:620|0)/, '62');
}

/** Whether a number may have WhatsApp: all but Indonesian numbers of landlines. */
export const mayHaveWhatsApp = (phone: string): boolean => /^(?!62)\d|^628/.test(internationalPhone(phone));

/**
 * The number that a telephone dials: of several numbers in one field, or before an extension, only the first.
 * `(0426) 21 000 / 21 001` gives `042621000`.
 */
export function dialledPhone(phone: string): string {
	return (/(?:\+|\(?\d)[\d\s.()\p{Pd}]*/u.exec(phone)?.[0] ?? '').replace(/[^\d+]/g, '');
}

/**
 * Whether a telephone can dial the text: a number with its 0 or its country, or a short one such as 137 or 1500 123. Only
 * a mobile number has its country without a plus: `6227436456` may be `0622 7436456` without the 0.
 */
export const canBeDialled = (phone: string): boolean =>
	/^(?:\+\d{6,15}|0\d{5,14}|628\d{7,11}|1\d{2,9})$/.test(dialledPhone(phone));

/** Puts back the 0 of an Indonesian mobile number, which spreadsheets drop: `81234567890` gives `081234567890`. */
export const withMobileZero = (phone: string): string => (/^8\d{8,11}$/.test(plainPhone(phone)) ? `0${phone}` : phone);

/**
 * An Indonesian mobile number in groups, so that the same number looks the same in every place: `0812-3456-7890`. Other
 * numbers stay as they were typed.
 */
export function groupedPhone(phone: string): string {
	const mobile = /^(\+62|0)(8\d{2})(\d{4})(\d{2,5})$/.exec(phone.replace(/[\s.()-]/g, ''));
	return mobile ? `${mobile[1] === '0' ? '0' : '+62 '}${mobile.slice(2).join('-')}` : phone;
}
