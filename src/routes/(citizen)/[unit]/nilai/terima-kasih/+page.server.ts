import { showInvitation } from '#lib/server/web/cookies/what-is-known.ts';

export const load = async ({ cookies }) => ({ invited: await showInvitation(cookies) });
