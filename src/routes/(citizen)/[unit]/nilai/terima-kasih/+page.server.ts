import { showInvitation } from '#lib/server/web/what-is-known.ts';

export const load = async ({ cookies }) => ({ invited: await showInvitation(cookies) });
