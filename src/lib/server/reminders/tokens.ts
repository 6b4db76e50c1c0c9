import { notify } from '#lib/server/channels/notices.ts';
import { transaction } from '#lib/server/db/index.ts';
import { inLocale } from '#lib/server/in-locale.ts';
import type { JobPayloads } from '#lib/server/jobs/queue.ts';
import { scopeWord } from '#lib/words/office.ts';

/** Notifies the owner of an account of a token that somebody else made for it, with its maker, office and scopes. */
export async function notifyOfToken(made: JobPayloads['token-made']): Promise<void> {
	const { accountId, at, ...data } = made;
	const { name, office, scopes, by } = data;
	const mail = {
		subject: 'Sebuah token API bertindak atas nama akun SPATULA Anda',
		lines: [
			`${by ?? 'Operator server'} membuat token API “${name}” yang memakai hak akun Anda di ${office}.`,
			`Hak: ${inLocale('id', () => scopes.map(scopeWord).join(', '))}.`,
			'Jika Anda tidak tahu untuk apa, minta administrator mencabutnya dan beri tahu penyelia Anda.'
		],
		english:
			'an API token was made that acts for your account. If you do not know why, ask an administrator to revoke it.'
	};
	const occasion = { kind: 'token_made' as const, onceKey: `token_made:${at}`, caseId: null, at: new Date(at) };
	await transaction((tx) => notify(tx, [accountId], { ...occasion, data, page: '/desk/notices', mail }));
}
