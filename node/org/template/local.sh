# Runs one node without containers:  sh local.sh bootstrap    sh local.sh node1    ..
# The settings are those of the .env files, but for where things are: all on this machine, prices in data/prices.db.
set -aeu
cd "$(dirname "$0")"
. ./network.env
. "./$1.env"
BOOTSTRAP_PORT=${BOOTSTRAP_PORT:-8000}
GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/0
case $1 in
bootstrap) GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/$BOOTSTRAP_PORT ;;
*) GP_BOOTSTRAPADDR=/ip4/127.0.0.1/tcp/$BOOTSTRAP_PORT/p2p/{{.Bootstrap}} ;;
esac
GP_DATADIR=data/$1
GP_DATABASEURL=sqlite:data/prices.db
GP_APIADDR=127.0.0.1:0 # the log says which port it got
unset BOOTSTRAP_PORT
exec "${GOSSIP_PRICE:-gossip-price}"
