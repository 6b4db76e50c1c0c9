import { clearPagesResponse } from '#lib/server/web/http/forget-pages.ts';

/**
 * An empty stylesheet. After `forgetPages`, its response header makes the browser drop the stored pages of this site.
 */
export const GET = ({ cookies }) => clearPagesResponse(cookies);
