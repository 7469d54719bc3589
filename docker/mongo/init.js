/* Read by mongosh (init.sh): makes the one-node replica set and the hub's account where they are missing. */
/* global db, process, print, sleep */
const admin = db.getSiblingDB('admin');
admin.auth('root', process.env.MONGO_ROOT_PASSWORD);

try {
  admin.adminCommand({ replSetGetStatus: 1 });
} catch (error) {
  if (error.codeName !== 'NotYetInitialized') throw error;
  admin.adminCommand({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host: 'mongo:27017' }] } });
  print('replica set rs0 made');
}
while (!admin.adminCommand({ hello: 1 }).isWritablePrimary) sleep(200);

const hub = db.getSiblingDB('lianzhen');
const account = { pwd: process.env.MONGO_HUB_PASSWORD, roles: [{ role: 'readWrite', db: 'lianzhen' }] };
if (hub.getUser('lianzhen')) {
  hub.updateUser('lianzhen', account);
} else {
  hub.createUser({ user: 'lianzhen', ...account });
  print('account lianzhen made');
}
