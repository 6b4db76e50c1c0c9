import { showInvitation } from '#lib/server/web/cookies/complaint-prefill.ts';

export const load = async ({ cookies }) => ({ invited: await showInvitation(cookies) });
