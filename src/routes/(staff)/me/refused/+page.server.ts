import { refuseForRoles } from '#lib/server/web/http/page-access.ts';

/** Shows the error page inside the staff pages' frame, which a refused request itself can't. */
export const load = ({ url }): never => refuseForRoles(url.searchParams.get('role'));
