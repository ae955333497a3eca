import java.lang.reflect.Field;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobSubmissionResult;
import org.apache.flink.api.dag.Pipeline;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.PipelineExecutor;
import org.apache.flink.core.execution.PipelineExecutorFactory;
import org.apache.flink.core.execution.PipelineExecutorServiceLoader;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * Submits jobs to a mini cluster in this JVM by plain calls.
 *
 * <p>Through REST the client sleeps at least 50 ms after a submission and 100 ms whenever it finds
 * no rows yet; a small query takes less than that to run. Compiled at start by the compiler that
 * Flink carries for its generated code, which knows no lambdas and no type arguments.
 */
public final class MiniClusterExecutor
        implements PipelineExecutorServiceLoader, PipelineExecutorFactory, PipelineExecutor {

    private MiniCluster cluster;

    public void setCluster(MiniCluster cluster) {
        this.cluster = cluster;
    }

    public CompletableFuture execute(
            Pipeline pipeline, Configuration configuration, final ClassLoader classLoader)
            throws Exception {
        StreamGraph graph = (StreamGraph) pipeline;
        graph.serializeUserDefinedInstances();
        final MiniCluster target = cluster;
        return target.submitJob(graph).thenApply(new Function() {
            public Object apply(Object submitted) {
                return new MiniClusterJobClient(
                        ((JobSubmissionResult) submitted).getJobID(),
                        target,
                        classLoader,
                        MiniClusterJobClient.JobFinalizationBehavior.NOTHING);
            }
        });
    }

    /** Lets the iterator of a result ask for rows again after so many milliseconds, not 100. */
    public void setRetryMillis(Object rows, int milliseconds) throws Exception {
        Object fetcher = read(read(rows, "iterator"), "fetcher");
        field(fetcher, "retryMillis").setInt(fetcher, milliseconds);
    }

    public PipelineExecutorFactory getExecutorFactory(Configuration configuration) {
        return this;
    }

    public PipelineExecutor getExecutor(Configuration configuration) {
        return this;
    }

    public boolean isCompatibleWith(Configuration configuration) {
        return true;
    }

    public String getName() {
        return "embedded";
    }

    public Stream getExecutorNames() {
        return Collections.singletonList(getName()).stream();
    }

    private static Object read(Object owner, String name) throws Exception {
        return field(owner, name).get(owner);
    }

    private static Field field(Object owner, String name) throws Exception {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
