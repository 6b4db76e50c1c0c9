import { linkCase } from '#lib/server/cases/linking/link.ts';
import { verbThenDone } from '#lib/server/web/forms/desk-verb.ts';

/** `?main=` preselects the main case, from the link beside a similar report. */
export const load = ({ url }) => ({ main: url.searchParams.get('main') });

export const actions = { default: verbThenDone(linkCase, 'linked') };
