import { linkCase } from '#lib/server/cases/linking/link.ts';
import { plainVerb } from '#lib/server/web/forms/desk-verb.ts';

/** `?main=` preselects the main case, from the link beside a similar report. */
export const load = ({ url }) => ({ main: url.searchParams.get('main') });

export const actions = { default: plainVerb(linkCase, 'linked') };
