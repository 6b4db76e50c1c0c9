import { linkCase } from '#lib/server/cases/linking/link.ts';
import { plainVerb } from '#lib/server/web/forms/desk-verb.ts';

/** `?main=` comes from the report that was proposed; a person still says so by the button. */
export const load = ({ url }) => ({ main: url.searchParams.get('main') });

export const actions = { default: plainVerb(linkCase, 'linked') };
