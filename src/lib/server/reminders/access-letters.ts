import vocabulary from '#lib/messages/vocabulary.id.json' with { type: 'json' };
import words from '#lib/messages/access.id.json' with { type: 'json' };
import { momentInWords } from '#lib/server/channels/letter-words.ts';
import type { NoticeLetter } from '#lib/server/channels/notices.ts';
import type { AccessRow } from '#lib/server/people/access/kinds.ts';

export interface AccessLetter {
	row: AccessRow;
	/** Name of the person whose account it is about. */
	account: string;
	/** Who asked, decided or removed; null: the operator, or nobody in 24 hours. */
	by: string | null;
	unit: string;
	zone: string;
}

const catalog: Readonly<Record<string, string>> = { ...vocabulary, ...words };
const inWords = (key: string): string => catalog[key] ?? key;

/** What is asked or was done, in the words of the screens. */
function changeLine({ row: { kind, data }, unit }: AccessLetter): string {
	const role = typeof data.role === 'string' ? `: ${inWords(`role_${data.role}`)}, ${unit}` : '';
	const token = kind === 'token' ? `: “${String(data.name)}”` : '';
	return `${inWords(`access_what_${kind}`)}${role}${token}`;
}

/** What a letter says of a change: whose account, what, by whom, what happens next. It holds no address and no link. */
export function accessLetter(about: AccessLetter): NoticeLetter {
	const { row, account, by, zone } = about;
	const lines = [`Akun: ${account}`, `Perubahan: ${changeLine(about)}`];
	const page = '/me/access';
	if (row.kind === 'role_removed' || row.kind === 'switched_off') {
		return {
			subject: `Akses ke laporan ditutup: ${account}`,
			lines: [...lines, `Oleh: ${by ?? 'operator server'}`],
			page,
			english: 'an account no longer opens reports.'
		};
	}
	if (row.state === 'waiting') {
		return {
			subject: `Perubahan akses menunggu keputusan: ${account}`,
			lines: [
				...lines,
				`Diminta oleh: ${by ?? 'operator server'}`,
				`Tanpa keputusan, perubahan ini berlaku pada ${momentInWords(row.takesEffectAt, zone)}.`
			],
			page,
			english:
				'a change that opens reports to an account waits for a decision; without one it takes effect in 24 hours.'
		};
	}
	return {
		subject: `${inWords(`access_state_${row.state}`)}: akses ${account}`,
		lines: [...lines, `Keadaan: ${inWords(`access_state_${row.state}`)}`, ...(by ? [`Oleh: ${by}`] : [])],
		page,
		english: 'a change that opens reports to an account was decided or has taken effect.'
	};
}

/** The letter that brings a password link to the account's own address. */
export function passwordLetter(name: string, link: string): { subject: string; body: string } {
	return {
		subject: 'Tautan untuk membuat kata sandi SPATULA',
		body: `Yth. ${name},

Buat kata sandi Anda melalui tautan ini. Tautan berlaku sekali, selama 24 jam:

${link}

Jangan teruskan surat ini kepada siapa pun. Jika Anda tidak menunggu tautan ini, beri tahu penyelia Anda.

--
Surat ini dibuat otomatis dan tidak perlu dibalas.
In English: follow the link to set your password. It works once, for 24 hours. Do not forward this message.
`
	};
}
