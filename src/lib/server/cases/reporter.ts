import type { CaseInput } from '#lib/cases/schema.ts';
import { decryptText, encryptText, keyedHex } from '#lib/server/keys.ts';

/** Name and contact of the reporter, as far as given. */
export interface Reporter {
	name: string | null;
	email: string | null;
	phone: string | null;
}

/** The reporter as columns: encrypted, and a keyed hash that recognises the same person. Empty for `none`. */
export async function reporterColumns(input: Pick<CaseInput, 'identity' | 'reporter'>) {
	if (input.identity === 'none' || !input.reporter) return { reporterSealed: null, reporterHash: null };
	const { name, email, phone } = input.reporter;
	const reporter: Reporter = { name: name ?? null, email: email ?? null, phone: phone ?? null };
	const contact = phone ? national(phone) : email?.toLowerCase();
	return {
		reporterSealed: await encryptText(JSON.stringify(reporter)),
		reporterHash: contact ? keyedHex('identity', contact) : null
	};
}

/** Normalises a phone number: 0812…, 62812… and +62812… are the same. */
function national(phone: string): string {
	return phone.replace(/^(\+62|62|0)/, '0');
}

/** Decrypts the reporter of a case. */
export async function openReporter(sealed: string | null): Promise<Reporter | null> {
	return sealed ? (JSON.parse(await decryptText(sealed)) as Reporter) : null;
}
