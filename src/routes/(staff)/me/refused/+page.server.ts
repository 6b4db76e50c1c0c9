import { refuseForRoles } from '#lib/server/web/http/page-access.ts';

/** Shows the 403 page inside the staff layout. The hook that refuses a request can't: its errors have no layout. */
export const load = ({ url }): never => refuseForRoles(url.searchParams.get('role'));
