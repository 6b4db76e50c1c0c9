import { notify, type NewNotice } from '#lib/server/channels/notices.ts';
import { transaction } from '#lib/server/db/index.ts';
import type { JobPayloads } from '#lib/server/jobs/jobs.ts';

/** The page on which the owner of an account changes the password and other ways to sign in. */
export const SIGN_IN_PAGE = '/me/security';

/** Notifies the owner of an account once of something that was done at `at`. */
const notifyOwner = (accountId: string, at: string, notice: Pick<NewNotice, 'kind' | 'data' | 'page'>) =>
	transaction((tx) => notify(tx, [accountId], { ...notice, occasion: at, at: new Date(at) }));

/** Notifies the owner of an account of a change by which somebody else could act for it, for example a finder of a code. */
export const notifyOfSignInChange = ({ accountId, at, what, ...data }: JobPayloads['sign-in-changed']) =>
	notifyOwner(accountId, at, { kind: what, data, page: SIGN_IN_PAGE });

/** Notifies the owner of an account of a token that somebody else made for it, with its maker, office and scopes. */
export const notifyOfToken = ({ accountId, at, ...data }: JobPayloads['token-made']) =>
	notifyOwner(accountId, at, { kind: 'token_made', data, page: '/desk/notices' });

/**
 * Notifies a person of an absence that somebody else entered, because others may then approve in their place. Notifies
 * a deputy of the absence of the person whose new reports will come to them, and when that absence is deleted.
 */
export function notifyOfAbsence({ accountId, at, by, fromDay, toDay, absent, ended }: JobPayloads['absence-entered']) {
	const span = { from: fromDay, to: toDay };
	return notifyOwner(
		accountId,
		at,
		absent === undefined
			? { kind: 'absence_entered', data: { ...span, by }, page: '/me' }
			: { kind: ended ? 'deputy_ended' : 'deputy_named', data: { ...span, name: absent }, page: '/desk' }
	);
}
