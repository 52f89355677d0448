/** Activities on the status page that customers read. */
export { updateStatusPage, type PostedStatus, type UpdateStatusPage } from './update-status-page';
